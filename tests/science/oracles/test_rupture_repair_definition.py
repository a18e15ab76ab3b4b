"""Rupture-repair episodes against a base R implementation of the rule as written."""

import numpy as np
import pytest

from rapport.science.alliance.episodes import STATUSES, find_episodes
from rapport.science.alliance.spread import client_sds, pooled_within_sd
from rapport.science.records.courses import courses_from_rows
from rapport.science.records.scales import Scale

SETTINGS = {
    "c1_w1_m3_half": {"criterion": 1, "window": 1, "horizon": 3, "repair_share": 0.5},
    "c2_w1_m3_half": {"criterion": 2, "window": 1, "horizon": 3, "repair_share": 0.5},
    "c1_w3_m3_full": {"criterion": 1, "window": 3, "horizon": 3, "repair_share": 1.0},
}
SUMMARY = {"c1_w1_m3_half": "c1", "c2_w1_m3_half": "c2", "c1_w3_m3_full": "c1w3full"}


@pytest.fixture(scope="module")
def known(oracle):
    return oracle("rupture_repair_definition")


def courses_of(ratings, sign=1):
    rows = [
        (client, session + 1, np.nan if score is None else sign * score)
        for client, course in enumerate(ratings)
        for session, score in enumerate(course)
    ]
    client, session, score = zip(*rows, strict=True)
    return courses_from_rows(client=client, session=session, score=score)


def as_in_oracle(episodes, sign=1):
    by_client = [[] for _ in episodes.sd_used]
    for i, client in enumerate(episodes.client_index):
        repair = episodes.repair[i]
        by_client[client].append(
            {
                "start": episodes.start[i],
                "reference": pytest.approx(sign * episodes.reference[i], abs=1e-9),
                "drop": pytest.approx(episodes.drop[i], abs=1e-9),
                "nadir": pytest.approx(sign * episodes.nadir_score[i], abs=1e-9),
                "status": STATUSES[episodes.status[i]],
                "repair_session": None if np.isnan(repair) else repair,
                "full": bool(episodes.full[i]),
            }
        )
    return by_client


def test_the_spread_within_clients_is_that_of_r(known):
    courses, expected = courses_of(known["input"]["ratings"]), known["outputs"]
    assert pooled_within_sd(courses) == pytest.approx(expected["pooled_within_sd"], abs=1e-9)
    own = np.array([np.nan if sd is None else sd for sd in expected["client_sd"]], dtype=float)
    np.testing.assert_allclose(client_sds(courses), own, atol=1e-9)
    np.testing.assert_allclose(
        find_episodes(courses=courses).sd_used, np.array(expected["S"], dtype=float), atol=1e-9
    )


@pytest.mark.parametrize("name", SETTINGS)
def test_every_episode_is_found_with_its_edges(known, name):
    found = find_episodes(courses=courses_of(known["input"]["ratings"]), **SETTINGS[name])
    assert as_in_oracle(found) == known["outputs"][name]


@pytest.mark.parametrize("name", SETTINGS)
def test_the_counts_of_the_summary_agree(known, name):
    found = find_episodes(courses=courses_of(known["input"]["ratings"]), **SETTINGS[name])
    expected = known["outputs"]["summary"][SUMMARY[name]]
    assert len(found) == expected["n"]
    assert len(np.unique(found.client_index)) == expected["n_clients_with"]
    for code, status in enumerate(STATUSES):
        assert int((found.status == code).sum()) == expected[status]


@pytest.mark.parametrize("name", SETTINGS)
def test_a_scale_where_lower_is_better_gives_the_same_episodes_mirrored(known, name):
    scale = Scale(name="strain", higher_is_better=False)
    mirrored = courses_of(known["input"]["ratings"], sign=-1)
    found = find_episodes(courses=mirrored, scale=scale, **SETTINGS[name])
    assert as_in_oracle(found, sign=-1) == known["outputs"][name]
