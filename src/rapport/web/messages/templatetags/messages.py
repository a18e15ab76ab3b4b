"""How a page finds the ways to one member."""

from collections.abc import Mapping
from uuid import UUID

from django import template

from rapport.web.messages.queries import Messages

register = template.Library()


@register.filter
def of(reached: Mapping[UUID, Messages], membership: UUID) -> Messages | None:
    """The ways to one member; None: it is not known here."""
    return reached.get(membership)
