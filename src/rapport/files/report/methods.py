"""The last page: how it was read, with settings, figures and sources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rapport.files.report.findings import Table
from rapport.files.report.words import scale_title, sentence
from rapport.pictures.svg import number
from rapport.science.reading.model import Reading
from rapport.science.records.result import plain
from rapport.science.records.scales import Scale

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
    notes: list[str]


@dataclass(frozen=True, kw_only=True)
class MethodsPage:
    """Methods, settings, figures of this reading, scales and their sources."""

    methods: list[Method]
    settings: list[tuple[str, str]]
    figures: list[Table]
    scales: list[tuple[str, str]]
    intended_use: str


def methods_page(reading: Reading) -> MethodsPage:
    """Prepare the last page."""
    return MethodsPage(
        methods=[_method(entry) for entry in reading.methods],
        settings=list(flat(plain(reading.settings))),
        figures=list(figures(plain(reading.summary), scales=reading.scales)),
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
        notes=[sentence(str(note)) for note in entry.get("notes") or []],
    )


def figures(
    value: Mapping[str, Any], *, scales: Mapping[str, Scale], path: tuple[str, ...] = ()
) -> Iterable[Table]:
    """Nested figures as small tables: single values together, alike groups side by side.

    A table of nothing but zeros is left out: there was nobody to count.

    >>> [t.head for t in figures({"n": 3, "found": {"1 SD": {"once": 0.1}}}, scales={})]
    [['this reading', 'value'], ['found', 'once']]
    """
    caption = ", ".join(path) or "this reading"
    single = {k: v for k, v in value.items() if not isinstance(v, Mapping) and v not in (None, [])}
    if any(v != 0 for v in single.values()):
        rows = [[str(k).replace("_", " "), _said(v)] for k, v in single.items()]
        yield Table(caption=caption, head=[caption, "value"], rows=rows)
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            here = (*path, scale_title(scales.get(key), str(key).replace("_", " ")))
            columns = _columns(inner)
            if columns:
                yield _matrix(inner, columns, caption=", ".join(here))
            else:
                yield from figures(inner, scales=scales, path=here)


def _columns(value: Mapping[str, Any]) -> list[str]:
    """The keys that all inner groups share, where each holds single values only."""
    inner = list(value.values())
    if not inner or not all(isinstance(v, Mapping) for v in inner):
        return []
    alike = all(v.keys() == inner[0].keys() for v in inner)
    flat_ones = all(not isinstance(x, Mapping | list) for v in inner for x in v.values())
    return list(inner[0]) if alike and flat_ones else []


def _matrix(value: Mapping[str, Any], columns: list[str], *, caption: str) -> Table:
    rows = [[str(key), *(_said(inner[c]) for c in columns)] for key, inner in value.items()]
    head = [caption, *(c.replace("_", " ") for c in columns)]
    return Table(caption=caption, head=head, rows=rows)


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
