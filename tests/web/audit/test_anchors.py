"""The newest hash lies outside the database: a log cut, rolled back or rewritten is found."""

import random
import stat
from datetime import timedelta

import pytest
from django.db import transaction
from practice_cast import NOW

from rapport.web.audit import anchors, guards
from rapport.web.audit.actions import SYSTEM, record
from rapport.web.audit.models import Entry, Head
from rapport.web.audit.queries import verify


@pytest.fixture
def place(settings, tmp_path):
    settings.RAPPORT_AUDIT_ANCHORS = tmp_path / "audit-heads.log"
    return settings.RAPPORT_AUDIT_ANCHORS


@pytest.fixture
def log(practice, place):
    """Ten lines, lodged after the fifth and after the tenth."""
    guards.take_down()
    write(4)
    anchors.lodge(at=NOW)
    write(5)
    anchors.lodge(at=NOW + timedelta(hours=1))


def write(lines, deed="case seen"):
    with transaction.atomic():
        for _ in range(lines):
            record(deed=deed, thing="case", thing_id="c1", by=SYSTEM, at=NOW)


def cut(to):
    """Somebody with the file cuts the tail and mends the head, so that the chain itself holds."""
    Entry.objects.filter(number__gt=to).delete()
    Head.objects.update(number=to, chain=Entry.objects.get(number=to).chain)
    assert verify().fault is None


def test_a_lodging_is_one_line_that_is_for_its_owner_alone(log, place, practice):
    first, second = place.read_text().splitlines()
    assert first.split(" ")[:3] == [NOW.isoformat(), str(practice), "5"]
    assert second.split(" ")[3] == verify().newest
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_an_untouched_log_matches(log):
    assert anchors.verify_with_anchors().fault is None
    assert anchors.wrong_anchor() is None


def test_a_cut_tail_is_found(log):
    cut(to=7)
    assert anchors.verify_with_anchors().fault == "lines after 7 are missing; there were 10"
    assert anchors.wrong_anchor() == "line 10 of the log is not the one that was kept outside"


def test_a_log_rolled_back_and_written_on_is_found(log):
    cut(to=7)
    write(6, deed="nothing happened")
    found = anchors.verify_with_anchors().fault
    assert found == "line 10 is not the one that was kept outside"


def test_a_log_rolled_back_and_lodged_again_is_found_by_the_file_itself(log):
    cut(to=7)
    anchors.lodge(at=NOW + timedelta(hours=2))
    assert "the log was shorter" in anchors.lodged().fault
    assert anchors.verify_with_anchors().fault is not None


def test_an_emptied_log_is_found(log):
    Entry.objects.all().delete()
    Head.objects.all().delete()
    assert anchors.verify_with_anchors().fault == "lines after 0 are missing; there were 10"


def test_a_database_put_back_on_purpose_is_said_and_then_holds(log):
    cut(to=7)
    anchors.lodge_restored(at=NOW + timedelta(hours=2))
    assert anchors.verify_with_anchors().fault is None
    write(5)
    anchors.lodge(at=NOW + timedelta(hours=3))
    assert anchors.verify_with_anchors().fault is None
    assert [one.restored for one in anchors.lodged().lodged] == [False, False, True, False]
    cut(to=9)
    assert anchors.verify_with_anchors().fault == "lines after 9 are missing; there were 12"


@pytest.mark.parametrize("line", ["nonsense", "a b c d e f", "2026 x 5 " + "0" * 63])
def test_a_file_that_cannot_be_read_is_a_fault_of_its_own(log, place, line):
    place.write_text(f"{line}\n{place.read_text()}")
    assert anchors.verify_with_anchors().fault == "line 1 of audit-heads.log can't be read"


def test_lodgings_of_another_practice_are_left_alone(log, place):
    other = place.read_text().replace(str(Head.objects.get().practice_id), "other")
    place.write_text(other + place.read_text())
    assert len(anchors.lodged().lodged) == 2
    assert anchors.verify_with_anchors().fault is None


def test_nothing_lodged_is_nothing_found(practice, place):
    assert anchors.lodged().lodged == ()
    assert anchors.verify_with_anchors().fault is None


@pytest.mark.slow
def test_of_a_thousand_cuts_and_rollbacks_with_a_mended_head_every_one_is_found(log):
    """What a plain chain can't see: the tail cut anywhere, the log written on as if nothing was."""
    chance = random.Random(2)
    for _ in range(1_000):
        with transaction.atomic():
            cut(to=chance.randint(1, 9))
            if chance.random() < 0.5:
                write(chance.randint(1, 12), deed="nothing happened")
            assert verify().fault is None
            assert anchors.verify_with_anchors().fault is not None
            transaction.set_rollback(True)
