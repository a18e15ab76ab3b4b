"""Help first, in the client's words; one kind of risk never gets the words of another."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from rapport.web.checkins.words import words_in
from rapport.web.safety.queries import Help, MayBeTold, Raised, help_for, who_may_be_told

# In this order where several were answered: what may be most urgent first.
KINDS = ("self-harm", "harm-to-others", "relationship-safety", "safe-with-others")
ABOUT_A_LIFE = KINDS[:2]


@dataclass(frozen=True, kw_only=True)
class HelpFirst:
    """Help for one kind of answer; what the practice did not say is left out, never made up.

    Attributes:
        kind: for which answer.
        title: its first line.
        number: to call; "": none was given.
        when: when to call it.
        call: what stands on the button.
        lines: crisis lines and places as the practice wrote them.
        told: who is told of the answer, and when the practice reads.
        outside: whom one can reach outside the practice; "": nobody is named.
        wait: what helps meanwhile.
    """

    kind: str
    title: str
    number: str
    when: str
    call: str
    lines: str
    told: str
    outside: str
    wait: str


def help_about(kind: str, *, language: str, therapist: str, told: str | None = None) -> HelpFirst:
    """Help for one kind of answer.

    Args:
        therapist: name of the therapist the check-in is about.
        told: name of who was told; "": nobody; None: not sent yet.
    """
    found, words = help_for(language), words_in(language)
    name = kind.replace("-", "_")
    call = words["call"].format(number=found.emergency) if found.emergency else ""
    fear = kind == "relationship-safety"
    return HelpFirst(
        kind=kind,
        title=words[f"help_title_{name}"].format(who=therapist),
        number=found.emergency,
        when=words[f"help_when_{name}"].format(number=found.emergency),
        call=call,
        lines=found.text or "",
        told=_told(kind, found, words, therapist, told),
        outside=words["help_outside"].format(who=found.outside) if fear and found.outside else "",
        wait=words.get(f"help_wait_{name}", ""),
    )


def _told(kind: str, found: Help, words: dict[str, str], therapist: str, told: str | None) -> str:
    if kind == "relationship-safety":
        if told is None:
            return ""
        if told:
            return words["help_told_fear"].format(who=told)
        return f"{words['help_told_nobody']} {words['tell_never']}"
    if kind == "safe-with-others":
        return words["help_told_safe"].format(who=therapist)
    if not (found.who and found.hours):
        return ""
    return words["help_told"].format(who=found.who, hours=found.hours)


def help_for_answers(
    flags: Iterable[Raised], *, language: str, therapist: str
) -> tuple[HelpFirst, ...]:
    """Help for what was flagged of a check-in, each kind once."""
    told = {raised.kind: raised.told for raised in flags}
    return tuple(
        help_about(kind, language=language, therapist=therapist, told=told[kind])
        for kind in KINDS
        if kind in told
    )


def help_for_questions(
    kinds: Iterable[str], *, language: str, therapist: str
) -> tuple[HelpFirst, ...]:
    """Help that a page brings along for its questions, so that it shows without a network."""
    asked = set(kinds)
    return tuple(
        help_about(kind, language=language, therapist=therapist) for kind in KINDS if kind in asked
    )


def choice_of(*, therapist: UUID) -> tuple[MayBeTold, ...]:
    """Among whom a client may choose who is told of fear of this therapist."""
    return who_may_be_told(therapist=therapist)


def if_skipped(language: str) -> str:
    """What is said where a question about one's own life was left open."""
    found, words = help_for(language), words_in(language)
    if not found.text:
        return words["skipped"]
    return words["skipped_lines"].format(lines=" ".join(found.text.split()))
