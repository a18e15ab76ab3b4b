"""The last page: how it was read, with settings, figures and sources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rapport.pictures.svg import number
from rapport.science.reading.model import Reading
from rapport.science.records.result import plain

INTENDED_USE = (
    "Intended use: records, scores by published rules and displays what clients and therapists "
    "answer about the working relationship and wellbeing, to support conversation, supervision "
    "and service evaluation by qualified professionals, who review the answers themselves. It "
    "does not diagnose, does not assess or rule out suicide risk, recommends no treatment, is no "
    "emergency service and is not watched around the clock."
)


@dataclass(frozen=True, kw_only=True)
class Method:
    """One method: its name, its settings, where it comes from."""

    name: str
    settings: list[tuple[str, str]]
    papers: list[str]


@dataclass(frozen=True, kw_only=True)
class MethodsPage:
    """Methods, settings, figures of this reading, scales and their sources."""

    methods: list[Method]
    settings: list[tuple[str, str]]
    figures: list[tuple[str, str]]
    scales: list[tuple[str, str]]
    intended_use: str


def methods_page(reading: Reading) -> MethodsPage:
    """Prepare the last page."""
    return MethodsPage(
        methods=[_method(entry) for entry in reading.methods],
        settings=list(flat(plain(reading.settings))),
        figures=list(flat(plain(reading.summary))),
        scales=[
            (scale.title or name, scale.source)
            for name, scale in reading.scales.items()
            if scale.source
        ],
        intended_use=INTENDED_USE,
    )


def _method(entry: Mapping[str, Any]) -> Method:
    papers = entry.get("papers") or entry.get("paper") or []
    return Method(
        name=str(entry.get("name") or entry.get("method") or "method"),
        settings=list(flat(plain(entry.get("settings") or {}))),
        papers=[papers] if isinstance(papers, str) else [str(paper) for paper in papers],
    )


def flat(value: Any, name: str = "") -> Iterable[tuple[str, str]]:
    """Nested values as rows of name and words.

    >>> list(flat({"false_alarms": 0.05, "drop": {"one": [1, None]}}))
    [('false alarms', '0.05'), ('drop, one', '1, not known')]
    """
    if isinstance(value, Mapping):
        for key, inner in value.items():
            part = str(key).replace("_", " ")
            yield from flat(inner, f"{name}, {part}" if name else part)
    elif isinstance(value, list) and any(isinstance(v, Mapping | list) for v in value):
        for k, inner in enumerate(value, start=1):
            yield from flat(inner, f"{name} {k}")
    else:
        yield name, _said(value)


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_said(v) for v in value) or "none"
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value, digits=4) if isinstance(value, float) else str(value)
