"""What ``rapport read`` does: open files, one call to the science, write files."""

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import numpy as np
from rich.console import Console

import rapport
from rapport.cli.progress import progress_bar
from rapport.files.answers import score_long
from rapport.files.instruments import available, load_instrument
from rapport.files.json_file import json_beside
from rapport.files.report.page import write_report
from rapport.files.scales_file import read_scales
from rapport.files.session_table import read_table
from rapport.files.session_table.checks import ScaleJudge
from rapport.files.terminal import print_summary
from rapport.science.errors import BadInputError, RapportError
from rapport.science.reading.assemble import read_sessions
from rapport.science.reading.chosen_scales import why_unknown
from rapport.science.reading.model import Reading
from rapport.science.reading.settings import ReadingSettings
from rapport.science.reading.steps import Steps, Tell, tell_nobody
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import SessionTable, joined
from rapport.science.scoring.instrument import Instrument

BAD_INPUT = 2


@dataclass(frozen=True, kw_only=True)
class ReadRequest:
    """Everything the command line said."""

    tables: tuple[Path, ...]
    alliance: str | None = None
    outcome: str | None = None
    scales: Path | None = None
    false_alarms: float = 0.05
    mapping: str = ""
    wide: bool = False
    wide_pattern: str | None = None
    reference: Path | None = None
    forecasts: bool = True
    json: Path | None = None
    html: Path | None = None
    title: str = "Reading"
    limit: int = 12
    seed: int = 1
    first: tuple[str, ...] = ()


def run_read(request: ReadRequest) -> None:
    """Read, show, write; on bad input say every fault and leave with status 2."""
    console = Console(stderr=True)
    try:
        settings = settings_of(request)
        check_places(request)
        known = known_scales(request.scales)

        def judge(name: str) -> str | None:
            return why_unknown(name=name, known=known, settings=settings)

        with progress_bar(console) as tell:
            table = tables_of(request, known, judge_scale=judge, tell=tell)
            earlier = None
            if request.reference is not None:
                earlier = tables_of(replace(request, tables=(request.reference,)), known)
            reading = reading_of(request, table=table, known=known, reference=earlier, tell=tell)
            write(request, reading, tell=tell)
    except RapportError as fault:
        leave(str(fault))
    except OSError as fault:
        place = fault.filename or "the reading"  # a full disk doesn't say which file
        leave(f"{place}: can't be read or written ({fault.strerror}); check the folder")
    print_summary(reading, console=Console(), limit=request.limit)


def leave(fault: str) -> NoReturn:
    """Say what was wrong and end with the status of bad input."""
    sys.stderr.write(f"{fault}\n")
    sys.exit(BAD_INPUT)


def check_places(request: ReadRequest) -> None:
    """Refuse places that can't be written to, or would be written over, before the work begins.

    Raises:
        BadInputError: a folder that isn't there, or a name that is taken by a table.
    """
    places = [path for path in (request.json, request.html) if path is not None]
    read = [path for path in (*request.tables, request.scales, request.reference) if path]
    taken = {path.resolve() for path in read}
    for path in places:
        if not path.absolute().parent.is_dir():
            raise BadInputError(f"{path}: no such folder; make it, or write elsewhere")
        if path.is_dir():
            raise BadInputError(f"{path}: is a folder; name a file in it")
        if path.resolve() in taken:
            raise BadInputError(f"{path}: would be written over what is there; name another file")
        taken |= {path.resolve()}


def settings_of(request: ReadRequest) -> ReadingSettings:
    """The reader's choices, as the science wants them."""
    return ReadingSettings(
        false_alarms=request.false_alarms,
        forecasts=request.forecasts,
        alliance=request.alliance,
        outcome=request.outcome,
        first=request.first,
    )


def reading_of(
    request: ReadRequest,
    *,
    table: SessionTable,
    known: Mapping[str, Scale],
    reference: SessionTable | None,
    tell: Tell = tell_nobody,
) -> Reading:
    """The one call to the science."""
    return read_sessions(
        table=table,
        known=known,
        instruments=_instruments(table),
        settings=settings_of(request),
        reference=reference,
        rng=np.random.default_rng(request.seed),
        version=rapport.__version__,
        tell=tell,
    )


def known_scales(path: Path | None) -> dict[str, Scale]:
    """What is known of scales: the instruments', the packaged few, and the user's own file."""
    known = {s.name: s for name in available() for s in load_instrument(name).to_scales()}
    return known | ({} if path is None else read_scales(path))


def tables_of(
    request: ReadRequest,
    known: Mapping[str, Scale],
    *,
    judge_scale: ScaleJudge | None = None,
    tell: Tell = tell_nobody,
) -> SessionTable:
    """All requested tables as one; ``judge_scale`` says what to do about a scale, None: read it."""
    mapping = parse_mapping(request.mapping)
    steps = Steps(of=len(request.tables), tell=tell)
    return joined(
        tables=[
            read_table(
                path,
                mapping=mapping,
                wide=request.wide,
                wide_pattern=request.wide_pattern,
                scales=known,
                default_scale=mapping.get("score"),
                judge_scale=judge_scale,
                score_items=score_long,
            )
            for path in steps(request.tables, named=lambda path: f"Reading {path.name}")
        ]
    )


def parse_mapping(text: str) -> dict[str, str]:
    """``client=id,session=week`` as a dictionary.

    >>> parse_mapping("client=id,session=week")
    {'client': 'id', 'session': 'week'}
    """
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    for left, sign, right in pairs:
        if not (left.strip() and sign and right.strip()):
            raise BadInputError(f"--map {text}: write name=column pairs, as in client=id")
    return {left.strip(): right.strip() for left, _, right in pairs}


def _instruments(table: SessionTable) -> dict[str, Instrument]:
    if table.items is None:
        return {}
    names = [str(n) for n in table.items.instrument.names]
    return {n: load_instrument(n) for n in names if n in available()}


def write(request: ReadRequest, reading: Reading, *, tell: Tell = tell_nobody) -> None:
    """Write the files that were asked for; where one can't be written, none appears."""
    with ExitStack() as files:
        if request.json is not None:
            files.enter_context(json_beside(reading=reading, path=request.json, tell=tell))
        if request.html is not None:
            write_report(reading, title=request.title, made=_today(), path=request.html)


def _today() -> str:
    return datetime.now().astimezone().date().isoformat()
