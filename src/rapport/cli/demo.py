"""``rapport demo``: a practice with people in it, all made up, to look around in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rapport.web.site.made_up.build import WayIn

RUNS = """
A made-up practice {runs} {address}
Nobody in it exists. Stop it with Ctrl+C.

Come in as (each link works once; new ones: rapport demo --no-serve):
{desks}

On a client's phone, without an account:
{phones}

Begin with Imani Okafor. Answer as Sarah, and look at Imani's page again.
"""


def demo(
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Only read the cast's sessions, and write an HTML report."
        ),
    ] = None,
    json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --report: write JSON too.")
    ] = None,
    folder: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the made-up practice lives.")
    ] = Path("demo"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="On which port.")] = 8000,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Start it; or only build it, with new links.")
    ] = True,
) -> None:
    """Start a practice with made-up people in it, and print the ways in."""
    from rapport.cli.demo_folder import at_home_in, is_of_today, make_anew
    from rapport.cli.demo_process import Running, free_port
    from rapport.cli.demo_report import write_the_report
    from rapport.cli.installation import leave

    if report is not None:
        write_the_report(html=report, json=json)
        return
    if json is not None:
        leave("--json belongs to --report FILE: the practice itself is not one file")
    at_home_in(folder)
    port = free_port(port) if serve else port
    if not is_of_today(folder):
        typer.echo("Making up a practice of some 300 people; this is done once a day ...")
        make_anew(folder)
    if not serve:
        typer.echo(_ways(port, serve=False))
        return
    with Running(port=port) as running:
        told = _ways(port, serve=True)
        running.answer()
        typer.echo(told)
        running.wait()


def _ways(port: int, *, serve: bool) -> str:
    """Fresh links, told as a person reads them."""
    from rapport.cli.installation import load

    load()
    from rapport.web.core.clock import now
    from rapport.web.site.made_up.build import ways_in

    ways = ways_in(at=now())
    address = f"http://localhost:{port}"
    return RUNS.format(
        runs="runs at" if serve else "is built; started, it runs at",
        address=address,
        desks=_lines([way for way in ways if not way.by_phone], f"{address}/sign-in/link/{{}}/"),
        phones=_lines([way for way in ways if way.by_phone], f"{address}/c/{{}}"),
    )


def _lines(ways: "list[WayIn]", place: str) -> str:
    wide = max(len(way.what) + len(way.who) for way in ways) + 3 if ways else 0
    return "\n".join(
        f"  {f'{way.who}, {way.what}':{wide}} {place.format(way.token)}" for way in ways
    )
