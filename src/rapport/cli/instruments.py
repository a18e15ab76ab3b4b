"""``rapport instruments``: what questionnaires there are, whose they are, and their scores."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

BAD_INPUT = 2

instruments_app = typer.Typer(
    no_args_is_help=True, help="List, show, check and add questionnaires; score answers to them."
)

Folder = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="The practice's own texts (else RAPPORT_INSTRUMENTS)."),
]
NonCommercial = Annotated[
    bool,
    typer.Option(
        "--noncommercial", help="Our use is non-commercial: switch that pack of texts on."
    ),
]


@instruments_app.command("list")
def list_instruments(folder: Folder = None, noncommercial: NonCommercial = False) -> None:
    """Every questionnaire, whether its text is shown, and under which licence."""
    from rapport.files.instruments import available, load_instrument, switched_off
    from rapport.science.scoring.describe import what_is_shown

    with _faults_said():
        for name in available(folder=folder, noncommercial=noncommercial):
            found = load_instrument(name, folder=folder, noncommercial=noncommercial)
            shown = what_is_shown(instrument=found)
            about = found.title if found.validated else f"{found.title}. Not validated."
            typer.echo(f"{name:26} {shown:20} {found.licence.tier:15} {about}")
        off = switched_off(folder=folder, noncommercial=noncommercial)
        if off:
            typer.echo(f"off until non-commercial use is declared: {', '.join(off)}")


@instruments_app.command()
def show(
    name: str,
    folder: Folder = None,
    noncommercial: NonCommercial = False,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Of our own forms: en, es or de.")
    ] = None,
) -> None:
    """One questionnaire: questions, answers, scores, cut-offs with their source, rights."""
    from rapport.files.instruments import load_instrument
    from rapport.science.scoring.describe import describe

    with _faults_said():
        found = load_instrument(name, folder=folder, noncommercial=noncommercial, language=language)
        typer.echo(describe(instrument=found))


@instruments_app.command()
def check(files: Annotated[list[Path], typer.Argument(metavar="FILE...")]) -> None:
    """Say every fault of instrument files (TOML); exit status 2 if there is one."""
    from rapport.files.instruments import check_file

    faults = {path: check_file(path) for path in files}
    for path, found in faults.items():
        for fault in found:
            sys.stderr.write(f"{path}: {fault}\n")
        if not found:
            typer.echo(f"{path}: can be used")
    if any(faults.values()):
        raise typer.Exit(BAD_INPUT)


@instruments_app.command()
def score(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="CSV or Parquet, long or wide.")],
    instrument: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a wide table: one column per item.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV or .parquet; else the terminal.")
    ] = None,
    folder: Folder = None,
    noncommercial: NonCommercial = False,
) -> None:
    """Score a table of answers.

    Long: client, session, instrument, item, answer. Wide: --instrument and a column per item.
    """
    from functools import partial

    from rapport.files.answers import score_file, write_scores
    from rapport.files.instruments import load_instrument

    load = partial(load_instrument, folder=folder, noncommercial=noncommercial)
    with _faults_said():
        scores = score_file(table, instrument=instrument, load=load)
        if out is None:
            typer.echo(scores.write_csv(), nl=False)
        else:
            write_scores(scores, out)


@instruments_app.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="TOML with the practice's text.")],
    statement: Annotated[
        Path,
        typer.Option(metavar="FILE", help='The signed "we hold the right to use it".'),
    ],
    folder: Folder = None,
) -> None:
    """Keep the practice's own text of a questionnaire, with its signed statement beside it."""
    from rapport.files.instruments import add_instrument

    with _faults_said():
        kept = add_instrument(file, statement=statement, folder=folder)
        typer.echo(f"kept as {kept}")


@contextmanager
def _faults_said() -> Iterator[None]:
    """One line per fault on the error stream, exit status 2."""
    from rapport.science.errors import RapportError

    try:
        yield
    except RapportError as fault:
        sys.stderr.write(f"{fault}\n")
        raise typer.Exit(BAD_INPUT) from fault
    except OSError as fault:
        sys.stderr.write(f"{fault.filename}: {fault.strerror}; choose another file\n")
        raise typer.Exit(BAD_INPUT) from fault
