"""Rows of which a page has many, as markup: a template takes ten times as long over each."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from html import escape
from uuid import UUID

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from rapport.files.report.words import long_date
from rapport.web.people.queries import Member, SessionOf
from rapport.web.practice.relationship import CasePage, Quoted

register = template.Library()

ANY = UUID(int=0)  # stands in an address for the session, which differs from row to row
WAYS = (
    ("link", "before", "Link for before"),
    ("link", "after", "Link for after"),
    ("open-paper", "before", "Paper for before"),
    ("open-paper", "after", "Paper for after"),
)


@register.filter
def table_rows(rows: Iterable[Sequence[str]]) -> SafeString:
    """The rows of a table; the first cell heads each."""
    return mark_safe("".join(_table_row(row) for row in rows))  # each cell is escaped


@register.filter
def notes(words: Iterable[Quoted]) -> SafeString:
    """Own words with when they were written, a paragraph each."""
    told = (
        f'<p class="words">“{escape(one.text)}”<br>'
        f'<span class="small">{escape(one.when)}</span></p>'
        for one in words
    )
    return mark_safe("".join(told))  # words and times are escaped


@register.simple_tag(takes_context=True)
def session_rows(
    context: Context, sessions: Iterable[SessionOf], *, first_open: bool = False
) -> SafeString:
    """Sessions with the ways to answer, a row each; ``first_open``: those of the first unfolded."""
    rows = _Rows(context)
    told = (rows.row(one, opened=first_open and not k) for k, one in enumerate(sessions))
    return mark_safe("".join(told))  # what is not fixed is escaped or an address


def _table_row(row: Sequence[str]) -> str:
    head, *cells = row
    rest = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(head)}</th>{rest}</tr>\n'


class _Rows:
    """What is the same in every row of one page, found once."""

    def __init__(self, context: Context) -> None:
        self._page: CasePage = context["page"]
        self._reader: UUID = context["colleague"].reader.staff
        self._token = str(context["csrf_token"])
        self._ways = {m.membership: _ways(m, self._hidden) for m in self._members}

    def row(self, one: SessionOf, *, opened: bool) -> str:
        day = localtime(one.starts_at)
        when = f"{long_date(day.date().isoformat())}, {day:%H:%M}"
        state = f'<span class="small">{escape(one.state)}</span>'
        ways = "".join(self._of_member(one, m, opened=opened) for m in self._members)
        return f"<li><p>Session {one.number}, {when} {state}</p>\n{ways}</li>\n"

    @cached_property
    def _members(self) -> list[Member]:
        """Whose links are shown: of several members those of the one on the page."""
        page = self._page
        shown = page.shown.member.membership if page.shown else None
        return [
            member
            for member in page.case.members
            if not member.left_why and (not page.several or member.membership == shown)
        ]

    @cached_property
    def _hidden(self) -> str:
        return f'<input type="hidden" name="csrfmiddlewaretoken" value="{escape(self._token)}">'

    def _of_member(self, one: SessionOf, member: Member, *, opened: bool) -> str:
        mirror, ways = self._ways[member.membership]
        given = (one.session, member.membership) in self._page.own_side
        own = one.staff == self._reader and one.state != "cancelled" and not given
        sent = self._sent(one, member) if one.state == "planned" or opened else ""
        return (
            f"\n{mirror if own else ''}\n"
            f'<details class="answering no-print"{" open" if opened else ""}>'
            f'<summary>Ways to answer</summary><div class="links">\n{ways}{sent}</div></details>\n'
        ).replace(str(ANY), str(one.session))

    def _sent(self, one: SessionOf, member: Member) -> str:
        told = {
            "reached": self._page.reached,
            "session": one.session,
            "membership": member.membership,
            "csrf_token": self._token,
        }
        return render_to_string("messages/send.html", told)


def _ways(member: Member, hidden: str) -> tuple[str, str]:
    """The link to the therapist's own side, and the forms that open a check-in, of any session."""
    mirror = reverse("mirror", args=[ANY, member.membership])
    forms = "".join(
        f'<form method="post" action="{reverse(place, args=[ANY, member.membership, moment])}">'
        f'{hidden}<button class="as-link">{said}</button></form>\n'
        for place, moment, said in WAYS
    )
    return f'<a class="as-link no-print" href="{mirror}">Your side</a>', forms
