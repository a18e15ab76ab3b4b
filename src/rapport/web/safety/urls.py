"""Addresses of flags: an id, and not a word about anybody."""

from django.urls import path

from rapport.web.core.pages import page
from rapport.web.people.roles import May
from rapport.web.safety import views

MAY = May.ANSWER_FLAGS

urlpatterns = [
    path("<uuid:flag>/", page(views.flag, may=MAY), name="flag"),
    path("<uuid:flag>/take", page(views.take, may=MAY, methods=("POST",)), name="flag-take"),
    path("<uuid:flag>/close", page(views.close, may=MAY, methods=("POST",)), name="flag-close"),
]
