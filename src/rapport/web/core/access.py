"""In which practice one is. A query that does not know raises instead of showing too much."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from rapport.web.core.errors import OutsidePractice

_practice: ContextVar[UUID | None] = ContextVar("practice", default=None)


@contextmanager
def inside(practice: UUID) -> Iterator[None]:
    """Everything read and written in this block belongs to one practice."""
    before = _practice.set(practice)
    try:
        yield
    finally:
        _practice.reset(before)


def current_practice() -> UUID:
    """The practice one is in.

    Raises:
        OutsidePractice: nobody said which.
    """
    practice = _practice.get()
    if practice is None:
        raise OutsidePractice("say in which practice: with inside(practice)")
    return practice
