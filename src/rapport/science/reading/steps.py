"""How far a long reading has come, told to whoever shows it."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
Tell = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and of how many."""


def tell_nobody(what: str, done: int, of: int) -> None:
    """For callers who show no progress."""


class Steps:
    """Counts the steps of one piece of work and tells each before it is taken.

    >>> said = []
    >>> steps = Steps(of=3, tell=lambda *words: said.append(words))
    >>> list(steps(["wai", "ors"], named=str.upper)), list(steps(["mood"], named=str.upper))
    (['wai', 'ors'], ['mood'])
    >>> said
    [('WAI', 0, 3), ('ORS', 1, 3), ('MOOD', 2, 3)]
    """

    def __init__(self, *, of: int, tell: Tell) -> None:
        self._done, self._of, self._tell = 0, of, tell

    def __call__(self, parts: Iterable[T], *, named: Callable[[T], str]) -> Iterator[T]:
        for part in parts:
            self._tell(named(part), self._done, self._of)
            yield part
            self._done += 1
