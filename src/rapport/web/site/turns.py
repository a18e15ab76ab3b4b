"""Check-ins take turns on SQLite; see core.turns."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from rapport.web.core.turns import in_turn

SHORT = "/c/"


class ShortOnesTakeTurns:
    """One check-in at a time; on PostgreSQL, which is waited for over a wire, all at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, in turn."""
        if connection.vendor != "sqlite" or not request.path.startswith(SHORT):
            return self.get_response(request)
        with in_turn():
            return self.get_response(request)
