"""What is said to a person: plain, kind, exact. Reason before number, no blame, no verdict."""

from rapport.science.reading.model import Alarm, Change, Episode
from rapport.science.records.scales import Scale

CALM = "nothing in the answers asks for attention. That is not the same as nothing being there."


def person(client: str) -> str:
    """How a client is called in a sentence: ids that are only a number get a noun.

    >>> person("12"), person("Sarah")
    ('Client 12', 'Sarah')
    """
    return f"Client {client}" if client.replace(".", "").isdigit() else client


def number(value: float) -> str:
    """A score as people write it: at most one decimal, none where it is whole.

    >>> number(12.0), number(3.75)
    ('12', '3.8')
    """
    return f"{value:.1f}".removesuffix(".0")


def title_of(scale: Scale) -> str:
    """The name of a scale for people: the short form in brackets where the title has one.

    >>> title_of(Scale(name="phq-9", title="Patient Health Questionnaire-9 (PHQ-9)"))
    'PHQ-9'
    """
    title = scale.title or scale.name
    return title[:-1].rpartition("(")[2] if title.endswith(")") else title


def drop(client: str, alarm: Alarm, scale: Scale) -> str:
    """An alarm in words."""
    when = "" if alarm.rule == "one session" else f" for {alarm.rule}"
    return (
        f"{person(client)}'s answers about the working relationship ({title_of(scale)}) stood "
        f"well below this client's own earlier ones{when}: {number(alarm.score)}, where about "
        f"{number(alarm.expected)} was to be expected. It may be nothing, and asking costs little."
    )


def not_recovered(client: str, episode: Episode, scale: Scale) -> str:
    """A drop that the next check-ins did not bring back, in words."""
    return (
        f"After the drop at session {number(episode.start)} {person(client)}'s answers "
        f"({title_of(scale)}) have not come half-way back within three rated sessions. That is "
        "common. It may be something for supervision."
    )


def worse(client: str, change: Change, scale: Scale) -> str:
    """Reliable deterioration from start, in words."""
    assert change.first is not None
    assert change.last is not None
    return (
        f"{person(client)} reports more difficulty since the start ({title_of(scale)}: "
        f"{number(change.first)} → {number(change.last)}), more than the measure's own wobble."
    )


def stalled(client: str, change: Change, scale: Scale, rated: int) -> str:
    """No movement yet, in words."""
    assert change.first is not None
    assert change.last is not None
    return (
        f"{person(client)}'s {title_of(scale)} has hardly moved over {rated} rated sessions "
        f"({number(change.first)} → {number(change.last)}). This says nothing about effort. Does "
        "the picture fit?"
    )


def off_course(client: str, scale: Scale, score: float, lower: float, upper: float) -> str:
    """Outside of where people who started alike stand, in words."""
    return (
        f"{person(client)}'s {title_of(scale)} is {number(score)}; of people who started alike, "
        f"8 of 10 stand between {number(lower)} and {number(upper)} by now."
    )


def steady_maximum(client: str, times: int) -> str:
    """The top of the scale several times running, in words."""
    return (
        f"{person(client)} has given the highest answer {times} times running. It may be so. Marks "
        "at the top cannot show a small shift, so the words matter more."
    )


def views_apart(client: str, scale: Scale, difference: float) -> str:
    """Therapist and client saw it differently, in words."""
    who = "The therapist rated" if difference > 0 else f"{person(client)} rated"
    other = person(client) if difference > 0 else "the therapist"
    return (
        f"{who} the work {number(abs(difference))} points higher than {other} did "
        f"({title_of(scale)}), further apart than this pair usually is. Neither is wrong."
    )


def split(case: str, difference: float, scale: Scale) -> str:
    """Members of one case answered apart; never says who answered what."""
    return (
        f"In {case} the last answers about working together lay {number(difference)} points apart "
        f"({title_of(scale)}). Each answer belongs to its writer. It is worth looking at whom one "
        "turns to."
    )


def kept_answer(client: str, question: str, answer: str) -> str:
    """A direct answer, with the question as it was asked."""
    return f"{person(client)} answered “{answer}” to “{question}”"


def risk_answer(client: str, instrument: str) -> str:
    """A risk answer. No level, no guess: a person reads the answer itself."""
    return (
        f"{person(client)} gave an answer to a safety question of {instrument} that a person needs "
        "to read and answer, today."
    )


def disengaging(client: str, why: str) -> str:
    """Missed sessions or unanswered check-ins, in words."""
    return (
        f"{person(client)}: {why.removeprefix('Disengaging: ')}. One or two say little by "
        "themselves. A short warm word may help."
    )


def calm(client: str) -> str:
    """Nothing asks for attention."""
    return f"{person(client)}: {CALM}"
