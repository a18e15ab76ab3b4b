"""The demo's practice: a cast of invented people, and a made-up past the reading learns from.

Everybody in here is invented. The cast's check-ins stand item by item in ``cast_items.csv``, their
outcome, their therapists' ratings and their words in ``cast_scores.csv``.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from rapport.files.instruments import load_instrument
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import SessionTable, joined
from rapport.science.simulate.caseload import simulate_caseload
from rapport.science.simulate.world import World

HERE = Path(__file__).parent
CAST = (HERE / "cast_items.csv", HERE / "cast_scores.csv")
SCALES = HERE / "scales.toml"
EARLIER_CLIENTS = 300  # a middling practice's last few years; ours
EARLIER_SESSIONS = 14


def earlier_courses(*, seed: int = 7) -> SessionTable:
    """The closed courses of the made-up practice, for the reading to learn what is usual."""
    rng = np.random.default_rng(seed)
    own, member = (
        load_instrument(name).to_scale()
        for name in ("rapport-checkin-client", "rapport-checkin-member")
    )
    phq9 = load_instrument("phq-9").to_scale()
    goal = Scale(name="shared-goal", higher_is_better=True, minimum=0, maximum=10, step=1)
    return joined(
        tables=[
            _past(rng, World(alliance=own, outcome=phq9, in_cases=0.0), "single"),
            _past(rng, World(alliance=member, outcome=goal, in_cases=1.0), "member"),
        ]
    )


def _past(rng: np.random.Generator, world: World, word: str) -> SessionTable:
    made = simulate_caseload(
        clients=EARLIER_CLIENTS, sessions=EARLIER_SESSIONS, rng=rng, world=world
    ).table
    names = np.array([f"made-up {word} {number}" for number in range(made.n_clients)])
    return replace(made, client_ids=names)
