"""Addresses of the first page and of cases."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from rapport.web.core.pages import EverybodyHere, page
from rapport.web.people.roles import May
from rapport.web.practice import views


class Moment(StringConverter):
    """Before or after a session; anything else is no address."""

    regex = "before|after"


class Way(StringConverter):
    """How a link is sent."""

    regex = "email|sms"


register_converter(Moment, "moment")
register_converter(Way, "way")

FIRST = EverybodyHere(why="the first page after sign-in; each role sees its own part")
OWN, WORK, BOTH = May.SEE_OWN_CASES, May.WRITE_OWN_CASES, ("GET", "POST")
LINK = "sessions/<uuid:session>/<uuid:membership>/<moment:moment>"

urlpatterns = [
    path("", page(views.today, may=FIRST), name="home"),
    path("cases/", page(views.cases, may=OWN, methods=BOTH), name="cases"),
    path("cases/<uuid:case>/", page(views.case, may=OWN), name="case"),
    path("cases/<uuid:case>/<uuid:membership>/", page(views.case, may=OWN), name="member"),
    path("cases/<uuid:case>/plan", page(views.plan, may=WORK, methods=("POST",)), name="plan"),
    path(LINK, page(views.link, may=WORK, methods=("POST",)), name="link"),
    path(f"{LINK}/<way:way>", page(views.send, may=WORK, methods=("POST",)), name="send-link"),
]
