"""Addresses of the office."""

from django.urls import path, register_converter

from rapport.web.core.pages import EverybodyHere, page
from rapport.web.office.converters import Day
from rapport.web.office.views import desk, log, practice, risk, staff
from rapport.web.people.roles import May

register_converter(Day, "day")

STAFF, SETTINGS, DESK = May.MANAGE_STAFF, May.MANAGE_SETTINGS, May.PLAN_SESSIONS
BOTH, SEND = ("GET", "POST"), ("POST",)
ROLES = EverybodyHere(why="everybody may know who may do what")
ONE = "staff/<uuid:staff>"
MEETING = "day/<uuid:session>"

urlpatterns = [
    path("", page(practice.office, may=SETTINGS), name="office"),
    path("roles/", page(practice.roles, may=ROLES), name="roles"),
    path("settings/", page(practice.settings, may=SETTINGS, methods=BOTH, again=True),
         name="practice-settings"),
    path("risk/", page(risk.plan, may=SETTINGS), name="risk-plan"),
    path("risk/change", page(risk.change, may=SETTINGS, methods=BOTH, again=True),
         name="risk-plan-change"),
    path("staff/", page(staff.everybody, may=STAFF), name="staff"),
    path("staff/new", page(staff.new, may=STAFF, methods=BOTH, again=True),
         name="staff-new"),
    path(f"{ONE}/", page(staff.one, may=STAFF, methods=BOTH, again=True),
         name="staff-one"),
    path(f"{ONE}/away", page(staff.away, may=STAFF, methods=SEND, again=True),
         name="staff-away"),
    path(f"{ONE}/back", page(staff.back, may=STAFF, methods=SEND, again=True),
         name="staff-back"),
    path(f"{ONE}/link", page(staff.link, may=STAFF, methods=SEND, again=True),
         name="staff-link"),
    path(f"{ONE}/let-go", page(staff.let_go, may=STAFF, methods=BOTH, again=True),
         name="staff-let-go"),
    path(f"{ONE}/hand-over", page(staff.hand_over, may=STAFF, methods=SEND, again=True),
         name="staff-hand-over"),
    path("log/", page(log.log, may=May.READ_AUDIT), name="log"),
    path("day/", page(desk.day, may=DESK), name="desk"),
    path("day/<day:day>/", page(desk.day, may=DESK), name="desk-day"),
    path(f"{MEETING}/", page(desk.appointment, may=DESK), name="appointment"),
    path(f"{MEETING}/move", page(desk.move, may=DESK, methods=SEND), name="desk-move"),
    path(f"{MEETING}/call-off", page(desk.call_off, may=DESK, methods=SEND),
         name="desk-call-off"),
    path(f"{MEETING}/next", page(desk.plan_next, may=DESK, methods=SEND), name="desk-next"),
    path("day/<uuid:session>/<uuid:membership>", page(desk.arrival, may=DESK, methods=SEND),
         name="arrival"),
]  # fmt: skip
