"""Truth-and-bias away from the reference: known truth found again, refusals, what is noted."""

import numpy as np
import pytest

from rapport.science.alliance.agreement import truth_and_bias
from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.records.courses import courses_from_rows

BIAS, TRACKING, BETWEEN = -0.5, 0.4, 0.7


def views(people=300, sessions=8, seed=5):
    """Therapists 0.5 points lower who follow 40 % of what moves in a client."""
    rng = np.random.default_rng(seed)
    who, when = np.repeat(np.arange(people), sessions), np.tile(np.arange(sessions), people)
    level = rng.normal(0, 1, people)[who]
    moves = rng.normal(0, 1, len(who))
    own = 5 + level + moves
    theirs = 5 + BIAS + BETWEEN * level + TRACKING * moves + rng.normal(0, 0.5, len(who))
    theirs += rng.normal(0, 0.3, people)[who]
    return {
        "client": courses_from_rows(client=who, session=when, score=own),
        "therapist": courses_from_rows(client=who, session=when, score=theirs),
    }


def test_known_bias_and_tracking_lie_in_their_intervals():
    found = truth_and_bias(**views())
    assert found.bias.lower < BIAS < found.bias.upper
    assert found.tracking.lower < TRACKING < found.tracking.upper
    assert found.tracking.upper - found.tracking.lower < 0.1
    assert (found.n_pairs, found.n_sessions) == (300, 2400)


def test_the_classic_form_blends_tracking_with_how_clients_differ():
    both = views()
    blended = truth_and_bias(**both, form="classic")
    assert TRACKING < blended.tracking.value < BETWEEN
    assert blended.between is None
    assert blended.time is None


def test_a_wider_interval_holds_a_narrower_one():
    both = views(people=40)
    narrow, wide = (truth_and_bias(**both, level=level).bias for level in (0.8, 0.95))
    assert wide.lower < narrow.lower < narrow.value < narrow.upper < wide.upper


def test_few_pairs_are_read_loosely():
    notes = truth_and_bias(**views(people=8)).notes
    assert "8 pairs: the intervals are too short; read them loosely" in notes


def test_it_prints_estimates_with_intervals():
    text = str(truth_and_bias(**views(people=40)))
    assert text.startswith("Truth-and-bias model, within between")
    assert "[" in next(line for line in text.splitlines() if "tracking" in line)


def test_two_pairs_are_too_few():
    with pytest.raises(TooLittleDataError, match="2 clients"):
        truth_and_bias(**views(people=2))


def test_the_third_level_needs_its_therapists():
    with pytest.raises(BadInputError, match="therapist_id"):
        truth_and_bias(**views(people=10), form="three_level")


def test_an_unknown_form_is_refused_by_name():
    with pytest.raises(BadInputError, match="form is 'fourth'"):
        truth_and_bias(**views(people=10), form="fourth")
