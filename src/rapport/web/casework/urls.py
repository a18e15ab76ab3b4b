"""Addresses of the arrangement of a case."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from rapport.web.casework.views import (
    calendars,
    cases,
    members,
    plans,
    policies,
    sessions,
    therapists,
)
from rapport.web.core.pages import LinkHolder, page
from rapport.web.people.roles import May


class HowAGoalEnds(StringConverter):
    """Reached or let go; anything else is no address."""

    regex = "reached|let-go"


register_converter(HowAGoalEnds, "how")

WORK, SETTINGS, OPEN = May.WRITE_OWN_CASES, May.MANAGE_SETTINGS, May.OPEN_CASES
BOTH, POST = ("GET", "POST"), ("POST",)
FEED = LinkHolder(why="a calendar program; the address names one therapist and gives times alone")
CASE = "cases/<uuid:case>/"
MEMBER = f"{CASE}members/<uuid:membership>/"
SESSION = f"{CASE}sessions/<uuid:session>/"
PLAN, SECRETS = "settings/asked/<str:kind>/", "settings/secrets/"

urlpatterns = [
    path("cases/open", page(cases.open_case, may=OPEN, methods=BOTH), name="open-case"),
    path(f"{CASE}arrange", page(cases.arrange, may=WORK), name="arrange"),
    path(f"{CASE}close", page(cases.close, may=OPEN, methods=POST), name="close-case"),
    path(f"{CASE}reopen", page(cases.reopen, may=OPEN, methods=POST), name="reopen-case"),
    path(f"{CASE}members/new", page(members.join, may=OPEN, methods=BOTH), name="join"),
    path(MEMBER, page(members.member, may=WORK), name="member-arranged"),
    path(f"{MEMBER}contacts", page(members.contacts, may=WORK, methods=BOTH), name="contacts"),
    path(f"{MEMBER}leave", page(members.leave, may=OPEN, methods=POST), name="leave-case"),
    path(f"{MEMBER}consents", page(members.consent, may=WORK, methods=POST), name="consent"),
    path(
        f"{MEMBER}consents/<uuid:consent>/withdraw",
        page(members.withdraw, may=WORK, methods=POST),
        name="withdraw",
    ),
    path(f"{MEMBER}goals", page(members.goal, may=WORK, methods=POST), name="goal"),
    path(
        f"{MEMBER}goals/<uuid:goal>/<how:how>",
        page(members.end_goal, may=WORK, methods=POST),
        name="end-goal",
    ),
    path(
        f"{CASE}therapists",
        page(therapists.therapists, may=WORK, methods=BOTH),
        name="therapists",
    ),
    path(
        f"{CASE}therapists/<uuid:staff>/end",
        page(therapists.end, may=WORK, methods=POST),
        name="end-care",
    ),
    path(
        f"{CASE}therapists/<uuid:staff>/hand-over",
        page(therapists.hand_over, may=WORK, methods=POST),
        name="hand-over",
    ),
    path(f"{CASE}sessions", page(sessions.sessions, may=WORK, methods=BOTH), name="sessions"),
    path(SESSION, page(sessions.session, may=WORK), name="session"),
    path(f"{SESSION}move", page(sessions.move, may=WORK, methods=BOTH), name="move"),
    path(f"{SESSION}held", page(sessions.held, may=WORK, methods=POST), name="held"),
    path(f"{SESSION}off", page(sessions.call_off, may=WORK, methods=POST), name="call-off"),
    path(f"{SESSION}missed", page(sessions.missed, may=WORK, methods=POST), name="missed"),
    path(f"{SESSION}undo", page(sessions.undo, may=WORK, methods=POST), name="undo"),
    path(f"{CASE}asked", page(plans.asked, may=WORK, methods=BOTH), name="asked"),
    path(f"{CASE}asked/end", page(plans.end_line, may=WORK, methods=POST), name="end-line"),
    path(f"{CASE}secrets", page(policies.policy, may=WORK, methods=BOTH), name="policy"),
    path("calendar/", page(calendars.calendar, may=WORK, methods=BOTH), name="calendar"),
    path("calendar/end", page(calendars.end, may=WORK, methods=POST), name="end-feed"),
    path("calendar/<str:token>.ics", page(calendars.feed, may=FEED), name="feed"),
    path(PLAN, page(plans.asked_by_default, may=SETTINGS, methods=BOTH), name="asked-by-default"),
    path(f"{PLAN}end", page(plans.end_default, may=SETTINGS, methods=POST), name="end-default"),
    path(SECRETS, page(policies.policies, may=SETTINGS), name="policies"),
    path(
        f"{SECRETS}<str:kind>/<str:language>",
        page(policies.write, may=SETTINGS, methods=BOTH),
        name="write-policy",
    ),
]
