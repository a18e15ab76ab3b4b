"""Two addresses that machines ask."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse

from rapport.web.site.doctor import is_worker_silent, unapplied


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """The database answers too, and has the shape that this version expects.

    A silent worker is said, but does not make this process unready: to take the pages away from
    everybody would help nobody.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        waiting = unapplied()
        silent = not waiting and is_worker_silent()
    except Error:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    if waiting:
        return HttpResponse("run: rapport serve --update\n", status=503, content_type="text/plain")
    said = "ready, but the worker is silent: run rapport worker\n" if silent else "ready\n"
    return HttpResponse(said, content_type="text/plain")
