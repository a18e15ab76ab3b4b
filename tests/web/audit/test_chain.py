"""The log cannot be changed, cut or rolled back without the check saying so, and where."""

import random

import pytest
from django.db import models, transaction
from practice_cast import NOW

from rapport.web.audit import guards
from rapport.web.audit.actions import SYSTEM, record
from rapport.web.audit.models import Entry, Head
from rapport.web.audit.queries import lines_about, verify

LINES = 24


@pytest.fixture
def log(practice):
    """A log of many lines; the opening of the practice is the first. Its guards are down, as after
    somebody who has the file; the transaction of the test puts them up again.
    """
    guards.take_down()
    with transaction.atomic():
        for k in range(2, LINES + 1):
            record(deed="case seen", thing="case", thing_id=f"c{k % 3}", by=SYSTEM, at=NOW, k=k)
    return verify()


def test_an_untouched_log_holds_together(log):
    assert (log.lines, log.fault) == (LINES, None)
    assert len(log.newest) == 64


def test_what_the_log_holds_about_one_thing_is_found(log):
    assert [line.number for line in lines_about("c0")] == [k for k in range(2, 25) if k % 3 == 0]


def test_a_line_outside_of_a_transaction_is_refused(transactional_db, practice):
    with pytest.raises(RuntimeError, match="transaction"):
        record(deed="case seen", thing="case", thing_id="c1", by=SYSTEM, at=NOW)


@pytest.mark.parametrize("field", ["at", "by_kind", "by_id", "deed", "thing", "thing_id", "detail"])
def test_a_changed_field_is_found_at_its_line(log, field):
    line = Entry.objects.get(number=7)
    other = {"at": NOW.replace(year=2020), "detail": {"k": 0}}.get(field, "x")
    Entry.objects.filter(pk=line.pk).update(**{field: other})
    assert verify().fault == "line 7 was changed"


@pytest.mark.parametrize("number", [1, 2, 12, LINES - 1])
def test_a_removed_line_is_found(log, number):
    Entry.objects.filter(number=number).delete()
    assert verify().fault == f"line {number} is missing"


def test_two_lines_that_changed_places_are_found(log):
    for number, other in ((9, 999), (10, 9), (999, 10)):
        Entry.objects.filter(number=number).update(number=other)
    assert verify().fault == "line 9 was changed"


def test_an_inserted_line_is_found(log):
    Entry.objects.filter(number__gt=15).order_by("-number")
    for line in Entry.objects.filter(number__gt=15).order_by("-number"):
        Entry.objects.filter(pk=line.pk).update(number=models.F("number") + 1)
    copy = Entry.objects.get(number=15)
    copy.pk, copy.number = None, 16
    copy.save(force_insert=True)
    assert verify().fault == "line 16 was changed"


@pytest.mark.parametrize("kept", [0, 1, LINES - 1])
def test_a_cut_tail_is_found_by_the_head(log, kept):
    Entry.objects.filter(number__gt=kept).delete()
    assert verify().fault == f"lines after {kept} are missing; there were {LINES}"


def test_a_tail_cut_together_with_the_head_is_found_by_what_was_kept_outside(log):
    Entry.objects.filter(number__gt=20).delete()
    last = Entry.objects.get(number=20)
    Head.objects.update(number=20, chain=last.chain)
    assert verify().fault is None
    found = verify(anchors={LINES: log.newest}).fault
    assert found == f"lines after 20 are missing; there were {LINES}"


def test_a_log_written_anew_is_found_by_what_was_kept_outside(log):
    Entry.objects.all().delete()
    Head.objects.all().delete()
    with transaction.atomic():
        for _ in range(LINES):
            record(deed="nothing happened", thing="case", thing_id="c1", by=SYSTEM, at=NOW)
    assert verify().fault is None
    found = verify(anchors={LINES: log.newest}).fault
    assert found == f"line {LINES} is not the one that was kept outside"


@pytest.mark.slow
def test_a_thousand_tamperings_are_all_found(log):
    """Edit, remove, cut or move at random; each is found and none blamed on a line before it."""
    chance = random.Random(1)
    for _ in range(1_000):
        with transaction.atomic():
            at = _tamper(chance)
            fault = verify(anchors={LINES: log.newest}).fault
            assert fault is not None
            assert int("".join(c for c in fault.split(";")[0] if c.isdigit())) >= at - 1
            transaction.set_rollback(True)


def _tamper(chance):
    at = chance.randint(1, LINES)
    lines = Entry.objects.filter(number=at)
    kind = chance.choice(["edit", "remove", "cut", "move"])
    if kind == "edit":
        lines.update(deed=f"deed {chance.random()}")
    elif kind == "remove":
        lines.delete()
    elif kind == "cut":
        Entry.objects.filter(number__gte=at).delete()
    else:
        lines.update(number=LINES + 5)
    return at
