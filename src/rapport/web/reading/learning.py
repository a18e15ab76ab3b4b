"""What was learnt last, opened once per process; and whether forecasts are on."""

from dataclasses import dataclass
from uuid import UUID

from rapport.science.errors import BadInputError
from rapport.science.reading.learnt import Learnt as WhatWasLearnt
from rapport.science.reading.learnt_text import from_text
from rapport.web.core.access import current_practice
from rapport.web.core.asked_often import AskedOften, ColumnsAskedOften
from rapport.web.core.keys import key_store
from rapport.web.reading.models import Learnt, Switch

BUDGET = 0.05  # of false alarms: one steady course in twenty over twelve sessions (methods)
NOTHING = WhatWasLearnt(relationship={}, progress={}, false_alarms=BUDGET, clients=0)
PLACE = "reading:learnt"


@dataclass(frozen=True, kw_only=True)
class InForce:
    """What readings are made with now.

    Attributes:
        version: changes when anything was learnt anew; part of every stamp.
        forecasts: whether anything is forecast.
    """

    version: str
    learnt: WhatWasLearnt
    forecasts: bool


_NEWEST = ColumnsAskedOften(lambda: Learnt.objects.order_by("-at", "pk").values_list("pk")[:1])
_LAST_SWITCH = AskedOften(lambda: Switch.objects.order_by("-at", "pk")[:1])
_opened: dict[UUID, tuple[UUID, WhatWasLearnt]] = {}


def in_force() -> InForce:
    """What readings of this practice are made with now."""
    forecasts = forecasts_on()
    found = _NEWEST.first()
    newest: UUID | None = found[0] if found else None
    learnt = NOTHING if newest is None else _open(newest)
    return InForce(version=f"{newest}:{forecasts}", learnt=learnt, forecasts=forecasts)


def forecasts_on() -> bool:
    """Whether the practice has turned forecasts on; off until somebody does."""
    last = last_switch()
    return last is not None and last.forecasts


def last_switch() -> Switch | None:
    """Who turned the switch last, and how; None: nobody has touched it."""
    return _LAST_SWITCH.first()


def _open(newest: UUID) -> WhatWasLearnt:
    practice = current_practice()
    known = _opened.get(practice)
    if known is None or known[0] != newest:
        sealed = Learnt.one(newest).content
        known = (newest, _read(key_store().open_own(bytes(sealed), place=PLACE)))
        _opened[practice] = known
    return known[1]


def _read(text: bytes) -> WhatWasLearnt:
    """An older format is no fault: until it is learnt anew nothing is known."""
    try:
        return from_text(text.decode())
    except BadInputError:
        return NOTHING
