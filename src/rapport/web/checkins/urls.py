"""Addresses of check-ins: short, and without a word about anybody."""

from django.urls import path

from rapport.web.checkins import views
from rapport.web.core.pages import LinkHolder, page

BY_LINK = LinkHolder(why="a client without an account; the link names one check-in of one writer")
BOTH = ("GET", "POST")

urlpatterns = [
    path("", page(views.checkin, may=BY_LINK, methods=BOTH), name="checkin"),
    path("one", page(views.one, may=BY_LINK, methods=("POST",)), name="checkin-one"),
    path("agree", page(views.agree, may=BY_LINK, methods=("POST",)), name="checkin-agree"),
    path("left", page(views.leave, may=BY_LINK, methods=BOTH), name="checkin-left"),
    path("<str:token>", page(views.landing, may=BY_LINK, methods=BOTH), name="checkin-link"),
]
