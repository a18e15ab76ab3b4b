"""From a reading to one file: choose who gets a page, render, write in one step."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rapport.files.report.caseload import (
    Case,
    case,
    extents,
    silent,
    the_rest,
    whom_first,
)
from rapport.files.report.cases import Group, groups, split_finding
from rapport.files.report.client import ClientPage, client_page
from rapport.files.report.findings import Finding
from rapport.files.report.headline import headline
from rapport.files.report.methods import MethodsPage, methods_page
from rapport.files.report.words import count, long_date, sentence
from rapport.files.whole import whole_file
from rapport.pictures import style
from rapport.pictures.svg import clean, number
from rapport.science.reading.model import Reading

EVERYBODY = 200  # up to so many clients, each has a page
OTHERS_SHOWN = 12  # entries without a signal that stand on the first page with their line
ROWS = 2000  # clients cut out of a large reading: the table ends there, a browser stays quick


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """The page of one case: what members' answers say together, then each member."""

    id: str
    name: str
    split: Finding | None
    apart: bool  # the rule for answers apart is met at some session
    members: list[ClientPage]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything the templates show."""

    title: str
    made: str
    headline: str
    counted: str
    begin: list[Case]
    attention: list[Case]
    others: list[Case]
    rest: str
    silent: list[str]
    everybody: list[tuple[str, str, str, str | None]]  # name, session, sentence, link
    left_out: str
    warnings: list[str]
    pages: list[CasePage]
    methods: MethodsPage
    version: str


def render_report(reading: Reading, *, title: str, made: str) -> str:
    """The report as HTML text.

    Args:
        reading: what was read.
        title: whose caseload this is, or the name of the table.
        made: when it was made, in words; the report asks no clock.
    """
    template = _environment().get_template("report.html")
    return template.render(report=prepare(reading, title=title, made=made), style=_style())


def write_report(reading: Reading, *, title: str, made: str, path: Path) -> None:
    """Write the report whole or not at all: into a neighbour first, then renamed."""
    text = render_report(reading, title=title, made=made)
    with whole_file(path) as stream:
        stream.write(text.encode("utf-8"))


def prepare(reading: Reading, *, title: str, made: str) -> Report:
    """Choose and phrase everything that the templates show."""
    found = groups(reading, at_most=ROWS)
    read = _counts(reading, found)
    asking = [group for group in found if group.signals]
    quiet = [group for group in found if not group.signals and not group.begins]
    begin = [group for group in found if group.begins and not group.signals]
    paged = _with_page(found, [*begin, *asking], len(reading.clients))
    linked = {group.key for group in paged}
    extent = extents(found, reading)

    def entry(group: Group) -> Case:
        link = f"#{group.key}" if group.key in linked else None
        return case(group, reading, extent, link=link)

    return Report(
        title=title,
        made=long_date(made),
        headline=whom_first(
            asking,
            read.asking,
            everyone=read.cases,
            begin=begin,
            one_each=bool(reading.summary.get("one_rating_each")),
        ),
        counted=read.in_words(),
        begin=[entry(g) for g in begin],
        attention=[entry(g) for g in asking if g.key in linked],
        others=[entry(g) for g in quiet if g.key in linked][:OTHERS_SHOWN],
        rest=the_rest(read.cases - read.asking - len(begin), of=read.cases),
        silent=_shortened(silent(found)),
        everybody=_everybody(found, linked, reading),
        left_out=_left_out(found, paged, read),
        warnings=[sentence(w) for w in reading.warnings],
        pages=[_case_page(group, reading) for group in paged],
        methods=methods_page(reading),
        version=reading.rapport,
    )


def _with_page(found: list[Group], asking: list[Group], clients: int) -> list[Group]:
    return found if clients <= EVERYBODY else asking[:EVERYBODY]


def _shortened(said: list[str]) -> list[str]:
    left = len(said) - OTHERS_SHOWN
    return said if left <= 0 else [*said[:OTHERS_SHOWN], f"and {left:,} more"]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many there are, though not all of a large reading stand in the file."""

    clients: int
    cases: int
    asking: int  # cases that ask for attention

    def in_words(self) -> str:
        clients = count(self.clients, "client")
        return clients if self.cases == self.clients else f"{clients} in {self.cases:,} cases"


def _counts(reading: Reading, found: Sequence[Group]) -> Counts:
    """Counted here where everybody is here, else as the reading counted them."""
    cases, asking = len(found), sum(bool(group.signals) for group in found)
    if len(reading.clients) > ROWS:
        cases, asking = (reading.summary[k] for k in ("cases", "cases_asking_for_attention"))
    return Counts(clients=len(reading.clients), cases=cases, asking=asking)


def _everybody(
    found: Sequence[Group], linked: set[str], reading: Reading
) -> list[tuple[str, str, str, str | None]]:
    return [
        (
            member.client,
            "" if member.last_session is None else number(member.last_session),
            headline(member, reading),
            f"#{group.key}-{k}" if group.key in linked else None,
        )
        for group in found
        for k, member in enumerate(group.members)
    ]


def _left_out(found: Sequence[Group], paged: Sequence[Group], read: Counts) -> str:
    """What this file does not hold, said aloud."""
    if len(paged) == read.cases:
        return ""
    said = (
        f"More than {EVERYBODY} clients: only those whose answers ask for attention have a page "
        f"here ({len(paged):,} of {read.asking:,})."
    )
    if len(found) < read.cases:
        said += (
            f" The table and the list of those who have not answered know the first "
            f"{len(found):,} of {read.cases:,} cases."
        )
    return f"{said} The JSON file of the same reading holds everyone."


def _case_page(group: Group, reading: Reading) -> CasePage:
    return CasePage(
        id=group.key,
        name=group.name,
        split=split_finding(group, reading),
        apart=bool(group.split and group.split.flagged),
        members=[
            client_page(member, reading, id=f"{group.key}-{k}")
            for k, member in enumerate(group.members)
        ],
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("rapport.files.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_without_controls,
    )


def _without_controls(value: Any) -> Any:
    """Control characters in names or words never reach the page."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _style() -> Markup:
    """Colours, then what a reading looks like anywhere, then the page around it."""
    here = files(__package__)
    parts = [here.joinpath(name).read_text("utf-8") for name in ("reading.css", "report.css")]
    return Markup(style() + "".join(parts))
