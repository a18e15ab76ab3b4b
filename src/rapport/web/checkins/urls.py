"""Addresses of check-ins: short, and without a word about anybody."""

from django.urls import path

from rapport.web.checkins import views
from rapport.web.core.pages import LinkHolder, page

BY_LINK = LinkHolder(why="a client without an account; the link names one check-in of one writer")
BY_CARD = LinkHolder(why="a client without an account; the card and its digits name one client")
BOTH, POST = ("GET", "POST"), ("POST",)

urlpatterns = [
    path("", page(views.checkin, may=BY_LINK, methods=BOTH), name="checkin"),
    path("one", page(views.one, may=BY_LINK, methods=("POST",)), name="checkin-one"),
    path("agree", page(views.agree, may=BY_LINK, methods=POST), name="checkin-agree"),
    path("language", page(views.language, may=BY_LINK, methods=POST), name="checkin-language"),
    path("mark", page(views.mark, may=BY_LINK, methods=POST), name="checkin-mark"),
    path("tell", page(views.tell, may=BY_LINK, methods=POST), name="checkin-tell"),
    path("stop", page(views.stop, may=BY_LINK, methods=POST), name="checkin-stop"),
    path("mine", page(views.mine, may=BY_LINK, methods=POST), name="checkin-mine"),
    path("card/<str:token>", page(views.card, may=BY_CARD, methods=BOTH), name="checkin-card"),
    path("left", page(views.leave, may=BY_LINK, methods=BOTH), name="checkin-left"),
    path("<str:token>", page(views.landing, may=BY_LINK, methods=BOTH), name="checkin-link"),
]
