"""Two addresses that machines ask."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse

from rapport.web.site.doctor import unapplied


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """The database answers too, and has the shape that this version expects."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        waiting = unapplied()
    except Error:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    if waiting:
        return HttpResponse("run: rapport serve --update\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")
