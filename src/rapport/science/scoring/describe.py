"""An instrument in words: what it asks, how it is scored, whose it is."""

from collections.abc import Iterator

from rapport.science.scoring.instrument import Instrument
from rapport.science.scoring.parts import AnswerRule, AnswerSet, Item, ScoreRule


def describe(*, instrument: Instrument) -> str:
    """The whole of an instrument as text for a terminal, its rights last.

    >>> from rapport.science.scoring.examples import MOOD
    >>> print(describe(instrument=MOOD).splitlines()[0])
    Two made-up questions (mood)
    """
    parts = [_head(instrument), _questions(instrument), _scores(instrument), _rights(instrument)]
    return "\n\n".join("\n".join(part) for part in parts)


def what_is_shown(*, instrument: Instrument) -> str:
    """Whether there is wording, in two or three words.

    >>> from rapport.science.scoring.examples import MOOD
    >>> what_is_shown(instrument=MOOD.without_text())
    'structure only'
    """
    if instrument.own_text:
        return "the practice's text"
    worded = any(item.text or item.left for item in instrument.items)
    return "text" if worded else "structure only"


def _head(instrument: Instrument) -> Iterator[str]:
    yield f"{instrument.title} ({instrument.id})"
    if instrument.notice:
        yield instrument.notice
    yield f"{instrument.version} · answered by: {instrument.informant} · about: {instrument.recall}"
    languages = instrument.languages_available
    yield f"language: {instrument.language}" + (f" (available: {languages})" if languages else "")


def _questions(instrument: Instrument) -> Iterator[str]:
    yield f"Questions ({what_is_shown(instrument=instrument)})"
    yield from (f"  {text}" for text in (instrument.instruction, instrument.stem) if text)
    for item in (*instrument.items, *instrument.extra_items):
        yield f"  {item.id}: {_wording(item)}{_marks(item)}"
        for rule in (item.safety, item.direct_answer):
            if rule:
                yield f"      {_rule(rule)}"
    yield "Answers"
    for name, answers in instrument.answers.items():
        yield f"  {name}: {_answers(answers)}"


def _wording(item: Item) -> str:
    if item.left and item.right:
        return f"{item.left} | {item.right}"
    return item.text or "(wording not shown)"


def _marks(item: Item) -> str:
    marks = ["reversed"] if item.reverse else []
    marks += ["optional"] if item.optional else []
    marks += item.subscales
    return f" [{', '.join(marks)}]" if marks else ""


def _rule(rule: AnswerRule) -> str:
    return f"{rule.kind}, {rule.compare} {rule.threshold:g}: {rule.action} ({rule.note})"


def _answers(answers: AnswerSet) -> str:
    if answers.options:
        return "; ".join(f"{option.value:g} {option.label}" for option in answers.options)
    described = f" ({answers.described})" if answers.described else ""
    return ("own words" if answers.kind == "text" else answers.in_words()) + described


def _scores(instrument: Instrument) -> Iterator[str]:
    yield "Scores"
    yield from (f"  {_score(instrument, rule)}" for rule in instrument.scores)
    yield f"  in the source: {instrument.scoring.described}; {instrument.scoring.direction}"
    yield f"  missing answers: {instrument.scoring.missing}"
    for band in instrument.bands:
        yield f"  {band.score} {band.minimum:g}-{band.maximum:g}: {band.label} ({band.source})"
    for cut in instrument.cutoffs:
        yield f"  {cut.score} {cut.compare} {cut.value:g}: {cut.label} ({cut.source})"
    yield f"  reliable change: {_reliable_change(instrument)}"


def _score(instrument: Instrument, rule: ScoreRule) -> str:
    name = instrument.scale_name(rule)
    if rule.method == "none":
        return f"{name}: nothing is computed: {rule.why}"
    known = rule.minimum is not None and rule.maximum is not None
    ends = f", {rule.minimum:g} to {rule.maximum:g}" if known else ""
    of = rule.items or rule.parts
    return f"{name}: {rule.method} of {', '.join(of)}{ends}; {rule.needed or len(of)} needed"


def _reliable_change(instrument: Instrument) -> str:
    change = instrument.reliable_change
    points = "no value read" if change.points is None else f"{change.points:g} points"
    return " · ".join(text for text in (points, change.source, change.note) if text)


def _rights(instrument: Instrument) -> Iterator[str]:
    licence = instrument.licence
    yield f"Rights: {licence.spdx}, class {licence.class_}, tier {licence.tier}"
    yield f"  {licence.statement}"
    yield f"  {licence.attribution}"
    yield from (f"  read in: {source}" for source in licence.source)
    yield f"  state of the wording: {instrument.verification.status}"
