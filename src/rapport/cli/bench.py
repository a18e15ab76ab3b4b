"""``rapport bench``: measurements with ratios, printed; never a test."""

from typing import Annotated

import typer

bench_app = typer.Typer(
    no_args_is_help=True, help="Measure this machine: times with ratios, and coverage tables."
)


@bench_app.command()
def growth() -> None:
    """Growth models beside statsmodels, and lme4 where R is installed."""
    from rapport.bench.growth import growth as measure

    typer.echo(measure())


@bench_app.command()
def alarm(
    clinics: Annotated[int, typer.Option(min=1, help="Simulated practices a world.")] = 100,
    seed: Annotated[int, typer.Option(help="Start of the simulation.")] = 1,
) -> None:
    """Is the false-alarm budget kept? Known and estimated practices in every world."""
    from rapport.bench.alarm import alarm as measure

    typer.echo(measure(clinics=clinics, seed=seed))


@bench_app.command()
def forecast(
    repeats: Annotated[int, typer.Option(min=1, help="Repeats of the ten folds.")] = 5,
    seed: Annotated[int, typer.Option(help="Start of the simulation.")] = 1,
) -> None:
    """Do 80 % and 95 % intervals hold 80 % and 95 %? Made-up and real courses."""
    from rapport.bench.forecast import forecast_bench

    typer.echo(forecast_bench(repeats=repeats, seed=seed))


@bench_app.command()
def scoring() -> None:
    """A million PHQ-9s from a wide and from a long file."""
    from rapport.bench.scoring import scoring as measure

    typer.echo(measure())


@bench_app.command()
def read(
    clients: Annotated[int, typer.Option(min=1, help="Simulated clients.")] = 100_000,
    sessions: Annotated[int, typer.Option(min=1, help="Sessions of each.")] = 10,
) -> None:
    """A whole reading, from the CSV file to the JSON file."""
    from rapport.bench.reading import reading_bench

    typer.echo(reading_bench(clients=clients, sessions=sessions))


@bench_app.command()
def oracles() -> None:
    """Every reference result beside ours, as the Markdown page docs/reference/oracles.md."""
    from rapport.bench.oracles import oracles as compare
    from rapport.science.errors import RapportError

    try:
        typer.echo(compare())
    except RapportError as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(2) from None


@bench_app.command()
def web(
    seconds: Annotated[float, typer.Option(min=1, help="How long people arrive.")] = 120,
    rate: Annotated[float, typer.Option(min=0.1, help="Check-ins a second.")] = 100,
    clients: Annotated[int, typer.Option(min=1, help="Clients of the practice.")] = 10_000,
) -> None:
    """The practice application under load: check-ins, pages, start and memory."""
    from rapport.bench.web import web_bench

    for line in web_bench(seconds=seconds, rate=rate, clients=clients):
        typer.echo(line)


@bench_app.command("all")
def everything() -> None:
    """All of them, one after the other."""
    growth()
    scoring()
    read(clients=100_000, sessions=10)
    forecast(repeats=5, seed=1)
    alarm(clinics=100, seed=1)
