"""Read an instrument from the text of its TOML file. Whoever calls opens the file."""

import tomllib
from typing import Any

from rapport.science.errors import BadInputError
from rapport.science.scoring.instrument import Instrument
from rapport.science.scoring.parts import (
    METHODS,
    AnswerRule,
    AnswerSet,
    Band,
    Cutoff,
    Item,
    Licence,
    Norm,
    Option,
    ReliableChangeSource,
    ScoreRule,
    ScoringNotes,
    Skip,
    Verification,
)
from rapport.science.scoring.table import Table

_COMPARISONS = (">=", "<=", "<", ">")


def read_instrument(*, text: str, name: str = "instrument") -> Instrument:
    """Turn the text of a TOML file into an `Instrument`.

    Only the form is judged here: keys, types, spelling. Whether the parts agree with each other
    is asked by `rapport.science.scoring.checks.faults_of`.

    Args:
        text: the file's text.
        name: what to call the file in a message.

    Raises:
        BadInputError: not TOML, a key missing, of the wrong type or unknown; says where.

    >>> read_instrument(text='id = "mine"', name="mine.toml")
    Traceback (most recent call last):
    rapport.science.errors.BadInputError: mine.toml: title is missing; add it
    """
    return instrument_from(parse_toml(text=text, name=name), name=name)


def parse_toml(*, text: str, name: str) -> dict[str, Any]:
    """The tables of a TOML text, or a fault that names the file and the line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"{name}: not valid TOML: {error}; correct that line") from error


def instrument_from(data: dict[str, Any], *, name: str) -> Instrument:
    """The same from tables that are already parsed."""
    table = Table(data, where=name)
    instrument = Instrument(
        id=table.needed_text("id"),
        title=table.needed_text("title"),
        version=table.needed_text("version"),
        family=table.needed_text("family"),
        informant=table.needed_text("informant"),
        recall=table.needed_text("recall"),
        language=table.needed_text("language"),
        languages_available=table.text("languages_available"),
        minutes=table.number("minutes"),
        minutes_source=table.text("minutes_source"),
        instruction=table.text("instruction"),
        stem=table.text("stem"),
        validated=table.flag("validated") is not False,
        notice=table.text("notice"),
        own_text=table.flag("own_text") is True,
        sources=table.texts("sources"),
        unverified=table.texts("unverified"),
        codes=table.table("codes").all_texts(),
        licence=_licence(table.table("licence")),
        verification=_verification(table.table("verification")),
        answers={n: _answer_set(t) for n, t in table.table("answers").named_tables().items()},
        items=tuple(_item(row) for row in table.tables("items")),
        extra_items=tuple(_item(row) for row in table.tables("extra_items")),
        scoring=_scoring(table.table("scoring")),
        scores=tuple(_score(row) for row in table.tables("scores")),
        skips=tuple(_skip(row) for row in table.tables("skips")),
        bands=tuple(_band(row) for row in table.tables("bands")),
        cutoffs=tuple(_cutoff(row) for row in table.tables("cutoffs")),
        reliable_change=_reliable_change(table.table("reliable_change")),
        norms=tuple(_norm(row) for row in table.tables("norms")),
    )
    table.done()
    return instrument


def _licence(t: Table) -> Licence:
    licence = Licence(
        class_=t.one_of("class", ("ship-text", "structure-only")),
        tier=t.needed_text("tier"),
        spdx=t.needed_text("spdx"),
        statement=t.needed_text("statement"),
        attribution=t.needed_text("attribution"),
        commercial_use=t.flag("commercial_use"),
        modification=t.text("modification"),
        source=t.texts("source"),
        rights=t.text("rights"),
    )
    t.done()
    return licence


def _verification(t: Table) -> Verification:
    made = Verification(
        status=t.needed_text("status"), text=t.needed_text("text"), warning=t.text("warning")
    )
    t.done()
    return made


def _answer_set(t: Table) -> AnswerSet:
    options = tuple(_option(row) for row in t.tables("options"))
    kind = t.one_of("kind", ("choice", "number", "text"), "choice")
    values = [option.value for option in options]
    made = AnswerSet(
        kind=kind,
        options=options,
        minimum=min(values) if values else t.number("minimum"),
        maximum=max(values) if values else t.number("maximum"),
        step=None if t.flag("continuous") else t.number("step") or 1.0,
        unscored=t.texts("unscored"),
        described=t.text("described"),
    )
    t.done()
    return made


def _option(t: Table) -> Option:
    made = Option(value=t.needed_number("value"), label=t.needed_text("label"))
    t.done()
    return made


def _item(t: Table) -> Item:
    made = Item(
        id=t.needed_text("id"),
        number=t.whole("number"),
        text=t.text("text"),
        left=t.text("left"),
        right=t.text("right"),
        answers=t.text("answers"),
        reverse=t.flag("reverse") is True,
        optional=t.flag("optional") is True,
        subscales=t.texts("subscales"),
        safety=_answer_rule(t.table("safety")) if t.has("safety") else None,
        direct_answer=_answer_rule(t.table("direct_answer")) if t.has("direct_answer") else None,
        loinc=t.text("loinc"),
        free_text_label=t.text("free_text_label"),
        explanation=t.text("explanation"),
        asked_after=t.texts("asked_after"),
        note=t.text("note"),
        sic=t.text("sic"),
    )
    t.done()
    return made


def _answer_rule(t: Table) -> AnswerRule:
    made = AnswerRule(
        threshold=t.needed_number("threshold"),
        compare=t.one_of("compare", _COMPARISONS),
        kind=t.needed_text("kind"),
        action=t.needed_text("action"),
        note=t.text("note"),
    )
    t.done()
    return made


def _scoring(t: Table) -> ScoringNotes:
    made = ScoringNotes(
        described=t.needed_text("described"),
        direction=t.needed_text("direction"),
        missing=t.needed_text("missing"),
        prorate=t.flag("prorate"),
        notes=t.table("notes").all_texts(),
    )
    t.done()
    return made


def _score(t: Table) -> ScoreRule:
    made = ScoreRule(
        id=t.needed_text("id"),
        method=t.one_of("method", METHODS),
        title=t.text("title"),
        items=t.texts("items"),
        minimum=t.number("minimum"),
        maximum=t.number("maximum"),
        higher_is_better=t.flag("higher_is_better"),
        minimum_answered=t.whole("minimum_answered"),
        factor=t.number("factor") or 1.0,
        parts=t.texts("parts"),
        combine=t.one_of("combine", ("sum", "mean")) if t.has("combine") else None,
        conversion=t.pairs("conversion"),
        loinc=t.text("loinc"),
        why=t.text("why"),
    )
    t.done()
    return made


def _skip(t: Table) -> Skip:
    made = Skip(
        sum_of=t.texts("sum_of"),
        equals=t.needed_number("equals"),
        items=t.texts("items"),
        counts_as=t.needed_number("counts_as"),
        source=t.needed_text("source"),
    )
    t.done()
    return made


def _band(t: Table) -> Band:
    made = Band(
        score=t.text("score") or "total",
        label=t.needed_text("label"),
        minimum=t.needed_number("minimum"),
        maximum=t.needed_number("maximum"),
        source=t.needed_text("source"),
    )
    t.done()
    return made


def _cutoff(t: Table) -> Cutoff:
    made = Cutoff(
        score=t.text("score") or "total",
        value=t.needed_number("value"),
        compare=t.one_of("compare", _COMPARISONS),
        label=t.needed_text("label"),
        source=t.needed_text("source"),
    )
    t.done()
    return made


def _reliable_change(t: Table) -> ReliableChangeSource:
    made = ReliableChangeSource(
        points=t.number("points"),
        confidence=t.number("confidence"),
        reliability=t.number("reliability"),
        reliability_text=t.text("reliability_text"),
        sd=t.number("sd"),
        source=t.text("source"),
        note=t.text("note"),
    )
    t.done()
    return made


def _norm(t: Table) -> Norm:
    made = Norm(
        sample=t.needed_text("sample"),
        source=t.needed_text("source"),
        mean=t.number("mean"),
        sd=t.number("sd"),
    )
    t.done()
    return made
