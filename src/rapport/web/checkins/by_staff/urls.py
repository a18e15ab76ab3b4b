"""Addresses of the desk: ids, and not a word about anybody."""

from django.urls import path

from rapport.web.checkins.by_staff import views
from rapport.web.core.pages import page
from rapport.web.people.roles import May

WORK, BOTH, POST = May.WRITE_OWN_CASES, ("GET", "POST"), ("POST",)
OF = "<uuid:session>/<uuid:membership>"

urlpatterns = [
    path("<uuid:session>/mirror", page(views.next_mirror, may=WORK), name="next-mirror"),
    path(f"{OF}/mirror", page(views.mirror, may=WORK, methods=BOTH), name="mirror"),
    path(
        f"{OF}/<str:moment>/paper",
        page(views.open_paper, may=WORK, methods=POST),
        name="open-paper",
    ),
    path("paper/", page(views.find_paper, may=WORK, methods=BOTH), name="find-paper"),
    path("paper/<uuid:occasion>/", page(views.paper, may=WORK, methods=BOTH), name="paper"),
    path("paper/<uuid:occasion>/print", page(views.print_paper, may=WORK), name="print-paper"),
    path("card/<uuid:membership>/", page(views.card, may=WORK), name="card"),
    path(
        "card/<uuid:membership>/make",
        page(views.make_card, may=WORK, methods=POST),
        name="make-card",
    ),
    path(
        "card/<uuid:membership>/digits",
        page(views.new_digits, may=WORK, methods=POST),
        name="new-digits",
    ),
    path(
        "card/<uuid:membership>/end", page(views.end_card, may=WORK, methods=POST), name="end-card"
    ),
]
