"""One member alone: contacts, consents, goals, and how it ends."""

from dataclasses import asdict
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rapport.web.casework import actions, queries
from rapport.web.casework.forms.members import (
    ConsentForm,
    ContactsForm,
    EditContactsForm,
    GoalForm,
    LeaveForm,
    zones,
)
from rapport.web.casework.views.common import done, stale, status_of
from rapport.web.core.clock import now
from rapport.web.core.errors import Stale
from rapport.web.people.asking import practice_in, reader_in
from rapport.web.people.belonging import actions as belonging
from rapport.web.people.belonging.queries import Contacts


def member(request: HttpRequest, case: UUID, membership: UUID) -> HttpResponse:
    """One member; nobody else's words or contacts stand here."""
    return _page(request, case, membership)


def contacts(request: HttpRequest, case: UUID, membership: UUID) -> HttpResponse:
    """How this member is reached."""
    reader, at = reader_in(request), now()
    page = queries.member_page(case, membership, reader=reader, at=at)
    form = EditContactsForm(request.POST or None, initial=_as_typed(page.whole.contacts))
    if request.method == "POST":
        try:
            if done(form, lambda: _change(request, case, membership, form)):
                return redirect("member-arranged", case=case, membership=membership)
        except Stale:
            return _stale(request, case, membership, form)
    told = {"page": page, "form": form, "zones": zones()}
    return render(request, "casework/contacts.html", told, status=status_of(form))


def join(request: HttpRequest, case: UUID) -> HttpResponse:
    """Somebody new joins."""
    found = queries.arrange_page(case, reader=reader_in(request), at=now())
    practice = practice_in(request)
    started = {"zone": practice.zone, "language": practice.language}
    form = ContactsForm(request.POST or None, initial=started)
    if request.method == "POST" and done(
        form,
        lambda: belonging.join_new(
            case=case, told=form.told(), reader=reader_in(request), at=now()
        ),
    ):
        return redirect("arrange", case=case)
    told = {"page": found, "form": form, "zones": zones()}
    return render(request, "casework/join.html", told, status=status_of(form))


def leave(request: HttpRequest, case: UUID, membership: UUID) -> HttpResponse:
    """Discharge, or another end."""
    form = LeaveForm(request.POST)
    if done(
        form,
        lambda: actions.leave(
            case=case,
            membership=membership,
            why=form.cleaned_data["why"],
            reader=reader_in(request),
            at=now(),
        ),
    ):
        return redirect("arrange", case=case)
    return _page(request, case, membership, leaving=form)


def consent(request: HttpRequest, case: UUID, membership: UUID) -> HttpResponse:
    """Note what was agreed to."""
    form = ConsentForm(request.POST)
    if done(
        form,
        lambda: belonging.note_consent(
            case=case,
            membership=membership,
            reader=reader_in(request),
            at=now(),
            **form.cleaned_data,
        ),
    ):
        return redirect("member-arranged", case=case, membership=membership)
    return _page(request, case, membership, consenting=form)


def withdraw(request: HttpRequest, case: UUID, membership: UUID, consent: UUID) -> HttpResponse:
    """Note that it was taken back."""
    actions.withdraw(
        case=case, membership=membership, consent=consent, reader=reader_in(request), at=now()
    )
    return redirect("member-arranged", case=case, membership=membership)


def goal(request: HttpRequest, case: UUID, membership: UUID) -> HttpResponse:
    """Write down a goal."""
    form = GoalForm(request.POST)
    if done(
        form,
        lambda: actions.set_goal(
            case=case,
            membership=membership,
            words=form.cleaned_data["words"],
            reader=reader_in(request),
            at=now(),
        ),
    ):
        return redirect("member-arranged", case=case, membership=membership)
    return _page(request, case, membership, aiming=form)


def end_goal(
    request: HttpRequest, case: UUID, membership: UUID, goal: UUID, how: str
) -> HttpResponse:
    """A goal was reached, or let go."""
    actions.end_goal(
        case=case,
        membership=membership,
        goal=goal,
        why={"reached": "reached", "let-go": "let go"}[how],
        reader=reader_in(request),
        at=now(),
    )
    return redirect("member-arranged", case=case, membership=membership)


def _page(
    request: HttpRequest,
    case: UUID,
    membership: UUID,
    *,
    consenting: forms.Form | None = None,
    aiming: forms.Form | None = None,
    leaving: forms.Form | None = None,
) -> HttpResponse:
    """The page, with the form that has to be typed anew where one has."""
    found = queries.member_page(case, membership, reader=reader_in(request), at=now())
    told = {
        "page": found,
        "consenting": consenting or ConsentForm(auto_id="consent_%s"),
        "aiming": aiming or GoalForm(auto_id="goal_%s"),
        "leaving": leaving or LeaveForm(auto_id="leave_%s"),
    }
    status = 422 if consenting or aiming or leaving else 200
    return render(request, "casework/member.html", told, status=status)


def _change(request: HttpRequest, case: UUID, membership: UUID, form: EditContactsForm) -> None:
    belonging.change_contacts(
        case=case,
        membership=membership,
        seen=form.cleaned_data["seen"],
        told=form.told(),
        reader=reader_in(request),
        at=now(),
    )


def _stale(
    request: HttpRequest, case: UUID, membership: UUID, form: EditContactsForm
) -> HttpResponse:
    kept = queries.member_page(case, membership, reader=reader_in(request), at=now())
    return stale(
        request,
        form=form,
        kept=_as_typed(kept.whole.contacts),
        seen=kept.whole.contacts.version,
        back=reverse("contacts", args=[case, membership]),
    )


def _as_typed(contacts: Contacts) -> dict[str, object]:
    told = asdict(contacts)
    seen = told.pop("version")
    return {**told, "seen": seen}
