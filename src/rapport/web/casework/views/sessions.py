"""When a case meets: plan, move, mark, and take a wrong mark back."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rapport.web.casework import queries
from rapport.web.casework.forms.edits import Edit
from rapport.web.casework.forms.sessions import (
    CallOffForm,
    HeldForm,
    MoveForm,
    PlanForm,
    as_typed,
)
from rapport.web.casework.views.common import done, stale, status_of
from rapport.web.core.clock import now
from rapport.web.core.errors import Stale
from rapport.web.people.asking import practice_in, reader_in
from rapport.web.people.meetings import actions
from rapport.web.people.queries import Reader


def sessions(request: HttpRequest, case: UUID) -> HttpResponse:
    """All sessions; plan one, or a series."""
    page = queries.sessions_page(case, reader=reader_in(request), at=now())
    form = PlanForm(
        request.POST or None,
        initial={"staff": str(reader_in(request).staff)},
        case=page.case,
        zone=practice_in(request).zone,
    )
    if request.method == "POST" and done(form, lambda: _plan(request, case, form)):
        return redirect("sessions", case=case)
    shown = {"page": page, "form": form}
    return render(request, "casework/sessions.html", shown, status=status_of(form))


def session(request: HttpRequest, case: UUID, session: UUID) -> HttpResponse:
    """One session, and what it can be marked as."""
    return _page(request, case, session)


def move(request: HttpRequest, case: UUID, session: UUID) -> HttpResponse:
    """Another time, place or therapist."""
    page = queries.session_page(case, session, reader=reader_in(request), at=now())
    now_kept = {
        **as_typed(page.session, zone=practice_in(request).zone),
        "seen": page.session.version,
    }
    form = MoveForm(
        request.POST or None, initial=now_kept, case=page.case, zone=practice_in(request).zone
    )
    if request.method == "POST":
        try:
            if done(form, lambda: _move(request, case, session, form)):
                return redirect("session", case=case, session=session)
        except Stale:
            return _stale(request, case, session, form)
    return render(
        request, "casework/move.html", {"page": page, "form": form}, status=status_of(form)
    )


def held(request: HttpRequest, case: UUID, session: UUID) -> HttpResponse:
    """It was held, and who came."""
    page = queries.session_page(case, session, reader=reader_in(request), at=now())
    form = HeldForm(request.POST, session=page.session)

    def mark(*, seen: int, reader: Reader, at: datetime, **_: object) -> None:
        came = form.attendance()  # what else the form holds: of each member, whether they came
        actions.mark_held(
            case=case, session=session, seen=seen, attendance=came, reader=reader, at=at
        )

    return _marked(request, case, session, form, mark)


def call_off(request: HttpRequest, case: UUID, session: UUID) -> HttpResponse:
    """It was called off, and by whom."""
    return _marked(request, case, session, CallOffForm(request.POST), actions.call_off)


def missed(request: HttpRequest, case: UUID, session: UUID) -> HttpResponse:
    """Nobody came, and nobody had called it off."""
    return _marked(request, case, session, Edit(request.POST), actions.mark_missed)


def undo(request: HttpRequest, case: UUID, session: UUID) -> HttpResponse:
    """The mark was wrong."""
    return _marked(request, case, session, Edit(request.POST), actions.undo_mark)


def _plan(request: HttpRequest, case: UUID, form: PlanForm) -> None:
    actions.plan_meetings(
        case=case,
        staff=UUID(form.cleaned_data["staff"]),
        moments=form.moments,
        minutes=form.cleaned_data["minutes"],
        place=form.cleaned_data["place"],
        members=form.expected(),
        reader=reader_in(request),
        at=now(),
    )


def _move(request: HttpRequest, case: UUID, session: UUID, form: MoveForm) -> None:
    actions.move_meeting(
        case=case,
        session=session,
        seen=form.cleaned_data["seen"],
        staff=UUID(form.cleaned_data["staff"]),
        starts_at=form.moments[0],
        minutes=form.cleaned_data["minutes"],
        place=form.cleaned_data["place"],
        reader=reader_in(request),
        at=now(),
    )


def _marked(
    request: HttpRequest, case: UUID, session: UUID, form: forms.Form, mark: Callable[..., None]
) -> HttpResponse:
    """Mark a session with what the form holds, or show the form again."""
    which = {"case": case, "session": session, "reader": reader_in(request), "at": now()}
    try:
        if done(form, lambda: mark(**which, **form.cleaned_data)):
            return redirect("session", case=case, session=session)
    except Stale:
        return _stale(request, case, session, form)
    return _page(request, case, session, wrong=form)


def _page(
    request: HttpRequest, case: UUID, session: UUID, *, wrong: forms.Form | None = None
) -> HttpResponse:
    """One session, with the form that has to be filled in anew where one has."""
    page = queries.session_page(case, session, reader=reader_in(request), at=now())
    seen = {"seen": page.session.version}
    told = {
        "page": page,
        "held": wrong
        if isinstance(wrong, HeldForm)
        else HeldForm(initial=seen, session=page.session),
        "off": wrong if isinstance(wrong, CallOffForm) else CallOffForm(initial=seen),
        "wrong": wrong,
    }
    status = 422 if wrong is not None else 200
    return render(request, "casework/session.html", told, status=status)


def _stale(request: HttpRequest, case: UUID, session: UUID, form: forms.Form) -> HttpResponse:
    """What was typed beside what somebody else had marked or moved it to."""
    found = queries.session_page(case, session, reader=reader_in(request), at=now()).session
    attendance = {str(one.membership): one.state for one in found.attending}
    kept = {
        **as_typed(found, zone=practice_in(request).zone),
        **attendance,
        "whose": found.cancelled_by or found.state,
    }
    return stale(
        request,
        form=form,
        kept=kept,
        seen=found.version,
        back=reverse("session", args=[case, session]),
        again=found.state == "planned",
    )
