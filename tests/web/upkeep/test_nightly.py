"""Every night: finish forgetting, back up, try the backup; one that fails holds up no other."""

from datetime import timedelta

import pytest
from practice_cast import NOW

from rapport.web.upkeep import actions, forgetting, nightly
from rapport.web.upkeep.errors import NoRoom
from rapport.web.upkeep.queries import state


def test_a_night_leaves_a_backup_that_was_tried(home, cast):
    assert cast.sarah
    assert nightly.keep_up(at=NOW)
    assert nightly.keep_up(at=NOW)  # doing it twice does no harm
    assert (state().backup, state().keys, state().good_drill, state().fault) == (NOW, NOW, NOW, "")


@pytest.mark.parametrize("part", ["back_up", "drill"])
def test_one_that_fails_holds_up_no_other(home, cast, monkeypatch, part):
    done = []

    def fails(*, at):
        raise NoRoom("No space left on device")

    assert nightly.keep_up(at=NOW)
    later = NOW + timedelta(days=1)
    monkeypatch.setattr(forgetting, "finish_forgetting", lambda *, at: done.append(at))
    monkeypatch.setattr(actions, part, fails)
    assert not nightly.keep_up(at=later)
    assert done == [later]
    assert (state().backup == later) == (part == "drill")
    assert (state().good_drill == later) == (part == "back_up")
