"""Two roles are never left without anybody."""

from collections.abc import Iterable

from rapport.web.people.errors import LastInRole
from rapport.web.people.models import Staff
from rapport.web.people.roles import ROLES

NEVER_EMPTY = ("administrator", "practice-lead")


def must_not_be_last(member: Staff, *, losing: Iterable[str]) -> None:
    """Refuse to take away a role that nobody else has. The rows are held until the end.

    Raises:
        LastInRole: it would leave nobody in it.
    """
    others = Staff.objects.select_for_update().filter(left_at=None).order_by("pk")
    there = {role for staff in others if staff.pk != member.pk for role in staff.roles}
    for role in losing:
        if role in NEVER_EMPTY and role not in there:
            raise LastInRole(ROLES[role].name)
