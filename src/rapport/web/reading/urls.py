"""The address of the one switch."""

from django.urls import path

from rapport.web.core.pages import page
from rapport.web.people.roles import May
from rapport.web.reading import views

BOTH = ("GET", "POST")

urlpatterns = [
    path(
        "forecasts/",
        page(views.forecasts, may=May.MANAGE_SETTINGS, methods=BOTH, again=True),
        name="forecasts",
    ),
]
