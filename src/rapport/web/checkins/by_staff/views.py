"""Pages of the desk: the mirror, forms on paper, and cards."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rapport.web.checkins.by_staff import actions, queries
from rapport.web.checkins.by_staff.forms import (
    desk_of,
    groups_of,
    mirror_answers,
    rows_of,
    words_of,
)
from rapport.web.checkins.cards import actions as cards
from rapport.web.checkins.cards.queries import card_of, qr_picture
from rapport.web.checkins.errors import NotADay, WrongForm
from rapport.web.checkins.tokens import new_token
from rapport.web.core.clock import now
from rapport.web.core.errors import NotHere
from rapport.web.people.asking import reader_in


def next_mirror(request: HttpRequest, session: UUID) -> HttpResponse:
    """The mirror of the first member about whom nothing is answered yet."""
    waiting = actions.open_mirrors(session=session, reader=reader_in(request))
    if not waiting:
        raise NotHere("open mirror")
    return redirect("mirror", session=session, membership=waiting[0])


def mirror(request: HttpRequest, session: UUID, membership: UUID) -> HttpResponse:
    """The therapist's side of a session, about one member: one screen, one button."""
    if request.method == "POST" and request.POST.get("sent"):
        return _mirrored(request, session, membership)
    page = actions.open_mirror(
        session=session, membership=membership, reader=reader_in(request), at=now()
    )
    return _mirror(request, page)


def paper(request: HttpRequest, occasion: UUID) -> HttpResponse:
    """Type in a form on paper; what was typed is never lost."""
    reader, at = reader_in(request), now()
    if request.method == "POST":
        try:
            kept = actions.send_paper(
                occasion=occasion, desk=desk_of(request.POST), reader=reader, at=at
            )
            return render(request, "checkins/desk/kept.html", {"kept": kept})
        except NotADay as refused:
            page = queries.to_type(occasion, reader=reader, at=at)
            return _paper(request, page, str(refused), refused.status)
    return _paper(request, queries.to_type(occasion, reader=reader, at=at))


def print_paper(request: HttpRequest, occasion: UUID) -> HttpResponse:
    """The questions on paper, with a code that names the check-in and nobody."""
    page = queries.to_type(occasion, reader=reader_in(request), at=now())
    told = {"page": page, "forms": [(form, rows_of(form)) for form in page.forms]}
    return render(request, "checkins/desk/print.html", told)


def open_paper(request: HttpRequest, session: UUID, membership: UUID, moment: str) -> HttpResponse:
    """Begin a form on paper for one member and session."""
    occasion = actions.open_paper(
        session=session, membership=membership, moment=moment, reader=reader_in(request), at=now()
    )
    return redirect("paper", occasion=occasion)


def find_paper(request: HttpRequest) -> HttpResponse:
    """Find the check-in of a paper form by its code."""
    if request.method != "POST":
        return render(request, "checkins/desk/find.html", {"refused": ""})
    try:
        found = queries.occasion_of(request.POST.get("code", "")[:20], reader=reader_in(request))
    except NotHere as refused:
        told = {"refused": str(refused), "code": request.POST.get("code", "")[:20]}
        return render(request, "checkins/desk/find.html", told, status=404)
    return redirect("paper", occasion=found)


def card(request: HttpRequest, membership: UUID) -> HttpResponse:
    """The card of a member: make one, give new digits, end it."""
    found = card_of(membership, reader=reader_in(request))
    return render(request, "checkins/desk/card.html", {"card": found})


def make_card(request: HttpRequest, membership: UUID) -> HttpResponse:
    """Make a card and show it this one time."""
    made = cards.make_card(membership=membership, reader=reader_in(request), at=now())
    return _shown(request, membership, made)


def new_digits(request: HttpRequest, membership: UUID) -> HttpResponse:
    """Give new digits and show them this one time."""
    made = cards.new_digits(membership=membership, reader=reader_in(request), at=now())
    return _shown(request, membership, made)


def end_card(request: HttpRequest, membership: UUID) -> HttpResponse:
    """End a card that was lost."""
    cards.end_card(membership=membership, reader=reader_in(request), at=now())
    return redirect("card", membership=membership)


def _shown(request: HttpRequest, membership: UUID, made: cards.NewCard) -> HttpResponse:
    address = made.token and request.build_absolute_uri(reverse("checkin-card", args=[made.token]))
    told = {
        "card": card_of(membership, reader=reader_in(request)),
        "pin": f"{made.pin[:3]} {made.pin[3:]}",
        "address": address,
        "picture": qr_picture(address) if address else "",
    }
    return render(request, "checkins/desk/new_card.html", told)


def _mirrored(request: HttpRequest, session: UUID, membership: UUID) -> HttpResponse:
    reader, at = reader_in(request), now()
    page = queries.mirror_of(session=session, membership=membership, reader=reader, at=at)
    try:
        following = actions.send_mirror(
            session=session,
            membership=membership,
            key=request.POST.get("key", ""),
            answers=mirror_answers(page, request.POST),
            words=words_of(request.POST),
            reader=reader,
            at=at,
        )
    except WrongForm:
        return _mirror(request, page, "Nothing was answered yet.", 422)
    if following is not None:
        return redirect("mirror", session=session, membership=following)
    return redirect("member", case=page.case, membership=membership)


def _mirror(
    request: HttpRequest, page: queries.ToType, refused: str = "", status: int = 200
) -> HttpResponse:
    told = {"page": page, "groups": groups_of(page), "key": new_token(), "refused": refused}
    return render(request, "checkins/desk/mirror.html", told, status=status)


def _paper(
    request: HttpRequest, page: queries.ToType, refused: str = "", status: int = 200
) -> HttpResponse:
    sent = request.POST
    told = {
        "page": page,
        "forms": [
            (form, [(row, sent.get(row.name)) for row in rows_of(form)]) for form in page.forms
        ],
        "key": sent.get("key") or new_token(),
        "day": sent.get("day") or page.day.isoformat(),
        "typed": sent.get("words", ""),
        "refused": refused,
    }
    return render(request, "checkins/desk/paper.html", told, status=status)
