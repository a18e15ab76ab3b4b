"""Which policy is in force, in which words, and whether a member still has to accept it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import UUIDField

from rapport.web.core.access import current_practice
from rapport.web.core.asked_often import AskedOften
from rapport.web.core.errors import NotHere
from rapport.web.people.belonging.young import OWN_YES, is_young
from rapport.web.people.models import POLICIES, Membership, PolicyText, Practice, Staff
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May
from rapport.web.people.secrets.texts import LANGUAGES, YOUNG, as_read, ours, version_of

SEVERAL = ("couple", "family", "group")
_MEMBER = AskedOften(
    lambda id: Membership.objects.select_related("person", "case").filter(pk=id), id=UUIDField()
)


@dataclass(frozen=True, kw_only=True)
class Words:
    """A text in force.

    Attributes:
        version: by which it is known later.
        row_version: what an edit carries back; 0: it is ours, the practice has written none.
    """

    kind: str
    language: str
    words: str
    version: str
    row_version: int

    @property
    def is_ours(self) -> bool:
        """The practice has not written its own."""
        return self.row_version == 0


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What one member is asked to accept before the first answer.

    Attributes:
        version: of all that stands on the page; an acceptance names it.
        paragraphs: with the therapists' names in them.
        young: a no is offered beside the yes.
        language: of the page.
    """

    version: str
    paragraphs: tuple[str, ...]
    young: bool
    language: str


def words_in_force(*, kind: str, language: str) -> Words:
    """The text of a kind: the practice's in this language, else in any of its own, else ours.

    Ours never stands in for a language the practice has not written: it could say something else.
    """
    own = {row.language: row for row in PolicyText.objects.filter(kind=kind, ended_at=None)}
    row = own.get(language) or own.get(_practice_language()) or next(iter(own.values()), None)
    if row is None:
        return _ours(kind, language)
    return Words(
        kind=kind,
        language=row.language,
        words=row.words,
        version=row.text_version,
        row_version=row.version,
    )


def written(*, kind: str, language: str, reader: Reader) -> Words:
    """The text of a kind in just this language, to be written anew by whoever may.

    Raises:
        NotAllowed: the role does not change settings.
        NotHere: there is no such kind or language.
    """
    reader.must(May.MANAGE_SETTINGS)
    if kind not in POLICIES or language not in LANGUAGES:
        raise NotHere("policy")
    row = PolicyText.objects.filter(kind=kind, language=language, ended_at=None).first()
    if row is None:
        return _ours(kind, language)
    return Words(
        kind=kind,
        language=language,
        words=row.words,
        version=row.text_version,
        row_version=row.version,
    )


def all_written(*, reader: Reader) -> tuple[Words, ...]:
    """Both kinds in every language."""
    return tuple(
        written(kind=kind, language=language, reader=reader)
        for kind in POLICIES
        for language in LANGUAGES
    )


def as_members_read_it(
    case_policy: str, *, language: str, therapists: list[str]
) -> tuple[str, ...]:
    """The paragraphs of the policy of a case."""
    found = words_in_force(kind=stated(case_policy), language=language)
    return as_read(found.words, therapists=therapists, language=found.language)


def stated(policy: str) -> str:
    """The kind a case states; where it states none, limited secrets, which promises the most."""
    return policy if policy in POLICIES else "limited"


def agreement_of(membership: UUID, *, at: datetime) -> Agreement | None:
    """What a member still has to accept; None: nothing, or they did."""
    return still_to_accept(_member(membership), at=at)


def still_to_accept(member: Membership, *, at: datetime) -> Agreement | None:
    """The same of a member who was found already, with person and case."""
    young = is_young(member, at=at)
    if _policy_accepted(member) and not (young and not _said_yes(member)):
        return None
    return _whole(member, young=young)


def _member(membership: UUID) -> Membership:
    found = _MEMBER.first(id=membership)
    if found is None:
        raise NotHere("membership")
    return found


def _policy_accepted(member: Membership) -> bool:
    """A text of the same kind in another language is the same agreement; other words are not."""
    if member.case.kind not in SEVERAL:
        return True
    return member.policy_accepted in _versions_of(stated(member.case.policy))


def _said_yes(member: Membership) -> bool:
    return member.consents.filter(about=OWN_YES, withdrawn_at=None).exists()


def _whole(member: Membership, *, young: bool) -> Agreement:
    """All that stands on the page of this member."""
    language, parts = member.person.language, []
    if member.case.kind in SEVERAL:
        parts.append(words_in_force(kind=stated(member.case.policy), language=language))
    if young:
        parts.append(_ours(YOUNG, language))
    names = therapists_of(member.case_id)
    return Agreement(
        version=parts[0].version if len(parts) == 1 else _joined(parts),
        paragraphs=tuple(
            p for w in parts for p in as_read(w.words, therapists=names, language=w.language)
        ),
        young=young,
        language=parts[0].language,
    )


def _versions_of(kind: str) -> set[str]:
    own = PolicyText.objects.filter(kind=kind, ended_at=None)
    found = set(own.values_list("text_version", flat=True))
    return found or {_ours(kind, language).version for language in LANGUAGES}


def therapists_of(case: UUID) -> list[str]:
    """Names of who works in a case now, the longest first."""
    care = Staff.objects.filter(care__case_id=case, care__until=None)
    return list(care.order_by("care__since", "name").values_list("name", flat=True))


def _ours(kind: str, language: str) -> Words:
    known = language if language in LANGUAGES else "en"
    words = ours(known)[kind].strip()
    return Words(
        kind=kind, language=known, words=words, version=version_of(kind, words), row_version=0
    )


def _joined(parts: list[Words]) -> str:
    return version_of("both", "\n".join(part.version for part in parts))


def _practice_language() -> str:
    return Practice.objects.values_list("language", flat=True).get(pk=current_practice())
