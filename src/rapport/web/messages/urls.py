"""The address that stops messages: short, and without a word about anybody."""

from django.urls import path

from rapport.web.core.pages import LinkHolder, page
from rapport.web.messages import views

BY_LINK = LinkHolder(why="whoever got a message may stop all of them, also if it was not for them")

urlpatterns = [
    path(
        "<str:token>",
        page(views.stop, may=BY_LINK, methods=("GET", "POST")),
        name="stop-messages",
    ),
]
