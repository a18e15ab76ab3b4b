"""``rapport simulate``: a made-up caseload whose truth is known."""

from pathlib import Path
from typing import Annotated

import typer

BAD_INPUT = 2


def simulate(
    table: Annotated[
        Path, typer.Argument(metavar="TABLE", help="Where to write: NAME.csv or NAME.parquet.")
    ],
    clients: Annotated[int, typer.Option(min=1, help="How many clients.")] = 100,
    sessions: Annotated[int, typer.Option(min=1, help="Planned sessions of each.")] = 12,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same people.")] = 1,
    truth: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what really happened, as JSON.")
    ] = None,
    steady: Annotated[
        bool, typer.Option("--steady", help="A world in which nothing happens.")
    ] = False,
    world: Annotated[
        str,
        typer.Option(
            "--set", metavar="A=B,...", help="Change the world: rupture_rate=0.1,ceiling=0.5."
        ),
    ] = "",
) -> None:
    """Make up a caseload: ruptures, repairs, sudden gains, drop-out, ceiling, missing forms.

    Nobody in it exists. Exit status: 0 written; 2 impossible settings, and nothing was written.
    """
    import numpy as np

    from rapport.files.caseload_truth import write_truth
    from rapport.files.session_table.write import write_table
    from rapport.science.errors import RapportError
    from rapport.science.simulate.caseload import simulate_caseload
    from rapport.science.simulate.world import world_from_text

    for path in (table, truth):
        if path is not None and not path.resolve().parent.is_dir():
            typer.echo(f"{path}: no such folder; make it, or write elsewhere", err=True)
            raise typer.Exit(BAD_INPUT)
    try:
        made = simulate_caseload(
            clients=clients,
            sessions=sessions,
            rng=np.random.default_rng(seed),
            world=world_from_text(world, calm=steady),
        )
        write_table(table=made.table, path=table)
        if truth is not None:
            write_truth(caseload=made, path=truth, seed=seed)
    except (RapportError, OSError) as fault:
        typer.echo(_said(fault), err=True)
        raise typer.Exit(BAD_INPUT) from None
    typer.echo(_written(made.table.n_clients, made.table.n_rows, table, truth))


def _said(fault: Exception) -> str:
    if isinstance(fault, OSError):
        return f"{fault.filename}: can't be written ({fault.strerror}); check the folder"
    return str(fault)


def _written(n_clients: int, n_rows: int, table: Path, truth: Path | None) -> str:
    also = "" if truth is None else f"; what really happened in {truth}"
    return f"{n_clients:,} made-up clients, {n_rows:,} rows, in {table}{also}"
