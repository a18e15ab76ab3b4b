"""Address of the first page."""

from django.urls import path

from rapport.web.core.pages import EverybodyHere, page
from rapport.web.practice import views

FIRST = EverybodyHere(why="the first page after sign-in; each role sees its own part")

urlpatterns = [path("", page(views.today, may=FIRST), name="home")]
