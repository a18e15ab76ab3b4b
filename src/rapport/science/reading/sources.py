"""Methods, papers and figures that stand behind a reading: how far to trust it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from rapport.science.alliance.drop_alarm import sensitivity
from rapport.science.reading.attention import Attention
from rapport.science.reading.client_readings import AboutClients, Found
from rapport.science.reading.progress import Progress
from rapport.science.reading.relationship import Relationship
from rapport.science.records.result import Result, plain
from rapport.science.records.session_table import SessionTable


def summary_of(
    *,
    table: SessionTable,
    found: Found,
    attention: Attention,
    about: AboutClients,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Sample sizes, what the detector finds and misses, and how the forecasts did."""
    asking = [code for code, of in attention.signals.items() if any(s.current for s in of)]
    return {
        "clients": table.n_clients,
        "cases": len(_cases(range(table.n_clients), about)),
        "rows": table.n_rows,
        "one_rating_each": _one_rating_each(found),
        "asking_for_attention": len(asking),
        "cases_asking_for_attention": len(_cases(asking, about)),
        "signals": dict(Counter(s.kind for signals in attention.signals.values() for s in signals)),
        "signals_per_25_sessions": _per_25_sessions(table, attention),
        "alliance": {r.track.scale.name: _about_relationship(r, rng) for r in found.alliance},
        "outcome": {p.track.scale.name: _about_progress(p) for p in found.outcome},
    }


def _one_rating_each(found: Found) -> bool:
    """Nobody was rated twice on any scale that could tell of change."""
    rated = [*(r.rated for r in found.alliance), *(p.rated for p in found.outcome)]
    return all(times.max(initial=0) <= 1 for times in rated)


def _cases(codes: Iterable[int], about: AboutClients) -> set[str | int]:
    """The cases of these clients; one without a case is a case of one."""
    return {about.case[code] or code for code in codes}


def _per_25_sessions(table: SessionTable, attention: Attention) -> float | None:
    """How often a therapist would be asked to think, all sources together."""
    sessions, number = np.unique(table.session, return_inverse=True)
    both = np.sort(table.client * len(sessions) + number)
    held = int(np.count_nonzero(np.diff(both, prepend=-1)))
    asked = sum(len(signals) for signals in attention.signals.values())
    return round(25 * asked / held, 2) if held else None


def _about_relationship(read: Relationship, rng: np.random.Generator) -> dict[str, Any]:
    if read.rule is None or read.model is None:
        return {"clients": read.track.courses.n_clients, "notes": ["nobody has two ratings"]}
    power = read.learnt.power or sensitivity(rule=read.rule, model=read.model, rng=rng)
    return {
        "clients": read.track.courses.n_clients,
        "false_alarms": read.rule.budget,
        "tuned": read.rule.tuned,
        "steady_courses_flagged": read.rule.expected_share,
        "drops_found": {
            f"{size:g} SD": {"one_session": round(once, 3), "lasting": round(stays, 3)}
            for size, once, stays in zip(
                *(c.tolist() for c in (power.drops, power.one_session, power.lasting)), strict=True
            )
        },
        "episodes": dict(Counter(e.status for es in read.episodes.values() for e in es)),
        "notes": list(read.rule.notes),
    }


def _about_progress(read: Progress) -> dict[str, Any]:
    made = read.predicted
    about: dict[str, Any] = {
        "clients": read.track.courses.n_clients,
        "change": plain(read.changes.counts),
        "clinical": plain(read.changes.category_counts),
        "note": made.note,
    }
    if made.model is not None:
        about["expected_from_clients"] = made.model.n_clients
    if made.forecasts is not None:
        about["forecast_against_naive"] = plain(made.forecasts.comparison.sentence)
    return about


def methods_of(*, found: Found) -> list[dict[str, Any]]:
    """Every method used, once, with its settings, papers and limits."""
    used: dict[str, Result] = {}
    for result in _results(found):
        used.setdefault(result.method, result)
    return [
        {
            "name": r.method,
            "settings": plain(r.settings),
            "papers": list(r.papers),
            "notes": list(r.notes),
        }
        for r in used.values()
    ]


def _results(found: Found) -> Iterable[Result]:
    for read in found.alliance:
        yield from (r for r in (read.model, read.rule, read.found) if r is not None)
    for progress in found.outcome:
        made = progress.predicted
        yield progress.changes
        yield from (r for r in (made.model, made.band, made.off, made.forecasts) if r is not None)
