"""Check-ins take turns on SQLite; see core.turns."""

from collections.abc import Callable, Iterable
from typing import Any

from rapport.web.core.turns import in_turn

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SHORT = "/c/"


def short_ones_take_turns(application: Application) -> Application:
    """The application with one check-in at a time, from its first line of Python to its last.

    Not for PostgreSQL, which is waited for over a wire: there all go on at once.
    """

    def answer(asked: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not asked["PATH_INFO"].startswith(SHORT):
            return application(asked, start)
        with in_turn():
            return application(asked, start)

    return answer
