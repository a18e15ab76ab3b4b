"""Addresses of forgetting."""

from django.urls import path

from rapport.web.core.pages import page
from rapport.web.people.roles import May
from rapport.web.upkeep import views

MAY, BOTH = May.FORGET_CLIENTS, ("GET", "POST")

urlpatterns = [
    path("", page(views.leaving, may=MAY), name="leaving"),
    path("done", page(views.forgotten, may=MAY), name="forgotten"),
    path("<uuid:person>/", page(views.forget, may=MAY, methods=BOTH), name="forget"),
    path("<uuid:person>/keep", page(views.keep, may=MAY, methods=("POST",)), name="keep-until"),
]
