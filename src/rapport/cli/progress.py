"""A bar on the terminal while long work goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from rapport.pictures.svg import clean
from rapport.science.reading.steps import Tell


@contextmanager
def progress_bar(console: Console) -> Iterator[Tell]:
    """Give a function to tell how far the work has come; nothing is shown where nobody watches.

    The bar says what is being done, how much of it and for how long; it vanishes at the end.
    """
    columns = (TextColumn("{task.description}", markup=False), BarColumn())
    numbers = (TaskProgressColumn(), TimeElapsedColumn())
    shown = Progress(
        *columns, *numbers, console=console, transient=True, disable=not console.is_terminal
    )
    with shown:
        task = shown.add_task("Reading", total=None)

        def tell(what: str, done: int, of: int) -> None:
            # One step of one is not half done at any time: the bar moves without a number.
            total = of if of > 1 else None
            shown.update(task, description=clean(what), completed=done, total=total, refresh=True)

        yield tell
