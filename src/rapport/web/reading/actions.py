"""Learn from the practice's courses, and turn forecasts on or off."""

from datetime import datetime, timedelta

import numpy as np
from django.db import transaction

import rapport
from rapport.science.reading.learn import learn
from rapport.science.reading.learnt_text import to_text
from rapport.science.reading.settings import ReadingSettings
from rapport.web.audit.actions import By, record_about
from rapport.web.core.keys import key_store
from rapport.web.people.course import cases_by_therapist
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May
from rapport.web.reading.courses import all_courses
from rapport.web.reading.errors import NotAClinician, ReadFirst
from rapport.web.reading.learning import BUDGET, PLACE, forecasts_on
from rapport.web.reading.models import Learnt, Switch
from rapport.web.reading.standings import standings_of
from rapport.web.reading.words import FORECASTS_VERSION

CLINICIANS = {"therapist", "supervisor", "practice-lead"}
FEW = 60  # clients under which a new course changes what is usual (ours)
KEPT = timedelta(days=14)  # that can be looked back upon (ours)


def learn_anew(*, by: By, at: datetime, seed: int) -> bool:
    """Learn from all courses of the practice as they are now; it takes seconds to minutes.

    Returns:
        Whether there was anything to learn from.
    """
    table = all_courses(at=at)
    if not table.sessions.n_rows:
        return False
    settings = ReadingSettings(false_alarms=BUDGET, forecasts=forecasts_on())
    made = learn(
        table=table.sessions, known=table.known, settings=settings, rng=np.random.default_rng(seed)
    )
    _keep(to_text(made), clients=made.clients, by=by, at=at)
    return True


def learning_is_due(*, at: datetime) -> bool:
    """Whether to learn before the night: nothing is known yet, or little."""
    newest = Learnt.objects.order_by("-at", "pk").values("at", "clients").first()
    if newest is None:
        return True
    return newest["clients"] < FEW and newest["at"] <= at - timedelta(hours=1)


def refresh_standings(*, at: datetime) -> None:
    """Compute anew whatever is old, for everybody's caseload, so that the first look is quick."""
    for staff, cases in cases_by_therapist().items():
        standings_of(cases, staff=staff, at=at)


@transaction.atomic
def switch_forecasts(*, on: bool, has_read: bool, reader: Reader, at: datetime) -> None:
    """Turn forecasts on or off for the whole practice.

    Raises:
        NotAllowed: the role does not manage settings.
        NotAClinician: to be turned on, by somebody who only keeps the installation.
        ReadFirst: to be turned on, and the reader has not said that they read what it means.
    """
    reader.must(May.MANAGE_SETTINGS)
    if on and not CLINICIANS & set(reader.roles):
        raise NotAClinician
    if on and not has_read:
        raise ReadFirst
    set_forecasts(on=on, by=reader.by, at=at)


@transaction.atomic
def set_forecasts(*, on: bool, by: By, at: datetime) -> None:
    """Keep the choice, with who made it and which text was in force."""
    staff = by.id if by.kind == "staff" else None
    switch = Switch(forecasts=on, by_id=staff, at=at, text_version=FORECASTS_VERSION)
    switch.save()
    record_about(switch, "forecasts switched", by=by, at=at, on="on" if on else "off")


@transaction.atomic
def _keep(text: str, *, clients: int, by: By, at: datetime) -> None:
    sealed = key_store().seal_own(text.encode(), place=PLACE)
    kept = Learnt(at=at, rules=rapport.__version__, clients=clients, content=sealed)
    kept.save()
    record_about(kept, "learnt from the practice", by=by, at=at, clients=clients)
    Learnt.objects.filter(at__lt=at - KEPT).exclude(pk=kept.pk).delete()
