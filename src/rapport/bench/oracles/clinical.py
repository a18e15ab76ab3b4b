"""Oracles of reliable and clinically significant change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.bench.oracles.compare import (
    Difference,
    KnownDifference,
    Oracle,
    Pair,
    Recipe,
    absolute,
    exact,
)
from rapport.science.outcome.clinical_change import clinical_change, cutoff_a, cutoff_b, cutoff_c
from rapport.science.outcome.hageman_arrindell import hageman_arrindell, hageman_arrindell_clinical
from rapport.science.outcome.reliable_change import (
    ReliableChange,
    edwards_nunnally,
    gulliksen_lord_novick,
    hsu_linn_lord,
    jacobson_truax,
    nunnally_kotsch,
)
from rapport.science.outcome.simple_change import anchor_change, percentage_change
from rapport.science.outcome.slope_change import slope_change
from rapport.science.outcome.verdicts import CATEGORIES
from rapport.science.records.courses import courses_from_rows

INDICES: dict[str, Callable[..., ReliableChange]] = {
    "JT": jacobson_truax,
    "GLN": gulliksen_lord_novick,
    "HLL": hsu_linn_lord,
    "EN": edwards_nunnally,
    "NK": nunnally_kotsch,
    "HA": hageman_arrindell,
}
Lists = tuple[Sequence[Any], Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class _Claus:
    """The 43 clients of Claus et al. (2020): first and last BDI, change by every index."""

    oracle: Oracle
    scores: dict[str, Any]
    used: NDArray[np.bool_]
    changes: dict[str, ReliableChange]

    @classmethod
    def of(cls, oracle: Oracle) -> "_Claus":
        data, args = oracle.given["data"], oracle.given["args"]
        score = {
            (client, time): np.nan if bdi is None else bdi
            for client, time, bdi in zip(data["id"], data["time"], data["bdi"], strict=True)
        }
        clients = sorted(set(data["id"]))
        first = np.array([score[client, args["pre"]] for client in clients])
        last = np.array([score[client, args["post"]] for client in clients])
        scores = {"first": first, "last": last, "higher_is_better": False}
        extra = {"NK": {"reliability_last": args["reliability_post_NK"]}}
        changes = {
            name: index(**scores, reliability=args["reliability"], **extra.get(name, {}))
            for name, index in INDICES.items()
        }
        used = ~np.isnan(first) & ~np.isnan(last)
        return cls(oracle=oracle, scores=scores, used=used, changes=changes)

    def verdicts(self, verdict: ArrayLike, expected: Any) -> list[Lists]:
        judged = np.asarray(verdict)[self.used]
        return [
            ((judged == 1).tolist(), expected["improved"]),
            ((judged == -1).tolist(), expected["deteriorated"]),
        ]


def _clinical_significance(oracle: Oracle) -> list[Difference | KnownDifference]:
    claus, within = _Claus.of(oracle), oracle.tolerance["rci_abs"]
    numbers, lists = _indices(claus)
    for more_numbers, more_lists in (_hageman_arrindell(claus), _simple(claus)):
        numbers.extend(more_numbers)
        lists.extend(more_lists)
    return [
        absolute("index, cut-off and percentage of each client and method", within, *numbers),
        exact("verdict and category of each client, counts of each method", *lists),
        _cutoff_b(claus),
    ]


def _indices(claus: _Claus) -> tuple[list[Pair], list[Lists]]:
    numbers: list[Pair] = []
    lists: list[Lists] = []
    for name, change in claus.changes.items():
        expected = claus.oracle.outputs[name]
        numbers.append((change.rci[claus.used], expected["rci"]["rci"]))
        lists.extend(claus.verdicts(change.verdict, expected["rci"]))
        if name != "HA":
            ours = _cutoff_c(claus, expected["cutoff"])
            numbers.append((ours, expected["cutoff"]["value"]))
            lists.extend(_categories(change, ours, expected["summary"]))
    expected = claus.oracle.outputs["JT_cutoff_a"]
    cut = expected["cutoff"]
    a = cutoff_a(
        clinical_mean=cut["m_clinical"], clinical_sd=cut["sd_clinical"], higher_is_better=False
    )
    numbers.append((a.value, cut["value"]))
    result = clinical_change(change=claus.changes["JT"], cutoff=a.value)
    lists.append((list(result.counts.values()), _counts(expected["summary"])))
    return numbers, lists


def _cutoff_c(claus: _Claus, cut: Any) -> float:
    args = claus.oracle.given["args"]
    return cutoff_c(
        clinical_mean=cut["m_clinical"],
        clinical_sd=cut["sd_clinical"],
        functional_mean=args["m_functional"],
        functional_sd=args["sd_functional"],
        higher_is_better=False,
    ).value


def _categories(change: ReliableChange, cutoff: float, summary: Any) -> list[Lists]:
    result = clinical_change(change=change, cutoff=cutoff)
    each = summary["categories"]
    lists: list[Lists] = [(list(result.counts.values()), _counts(summary))]
    for code, category in enumerate(CATEGORIES):
        ids = [i - 1 for i, is_it in zip(each["id"], each[category], strict=True) if is_it]
        lists.append((np.flatnonzero(result.category == code).tolist(), ids))
    return lists


def _counts(summary: Any) -> list[int]:
    return [int(n) for n in summary["individual_level_summary"]["n"]]


def _hageman_arrindell(claus: _Claus) -> tuple[list[Pair], list[Lists]]:
    expected, change = claus.oracle.outputs["HA"], claus.changes["HA"]
    args = claus.oracle.given["args"]
    result = hageman_arrindell_clinical(
        change=change, functional_mean=args["m_functional"], functional_sd=args["sd_functional"]
    )
    changed, functional = expected["summary"]["group_level_summary"]["percent"]
    numbers: list[Pair] = [
        (change.moments["r_dd"], expected["rci_meta"]["r_dd"]),
        (result.cutoff, expected["cutoff"]["value"]),
        (result.reliability_functional, expected["cutoff"]["reliability_functional"]),
        (result.position[claus.used], expected["cutoff_data"]["cs_indiv"]),
        (result.group_changed, changed),
        (result.group_functional, functional),
    ]
    # The package's flags after therapy hold only for those who crossed; ours for everybody.
    crossed = result.functional_last & result.clinical_first
    fell = result.clinical_last & ~result.clinical_first
    each = expected["cutoff_data"]
    return numbers, [
        (result.clinical_first[claus.used].tolist(), each["clinical_pre"]),
        (crossed[claus.used].tolist(), each["functional_post"]),
        (fell[claus.used].tolist(), each["clinical_post"]),
        (list(result.counts.values()), _counts(expected["summary"])),
    ]


def _simple(claus: _Claus) -> tuple[list[Pair], list[Lists]]:
    percentage = claus.oracle.outputs["percentage"]["data"]
    anchor = claus.oracle.outputs["anchor"]["data"]
    share = percentage_change(**claus.scores, improvement=0.5, deterioration=0.25)
    points = anchor_change(**claus.scores, minimal_important_difference=7, deterioration=5)
    numbers: list[Pair] = [(share.change[claus.used], percentage["pct_change"])]
    lists = claus.verdicts(share.verdict, percentage)
    return numbers, [*lists, *claus.verdicts(points.verdict, anchor)]


def _cutoff_b(claus: _Claus) -> KnownDifference:
    args = claus.oracle.given["args"]
    ours = cutoff_b(
        functional_mean=args["m_functional"],
        functional_sd=args["sd_functional"],
        higher_is_better=False,
    )
    theirs = claus.oracle.outputs["JT_cutoff_b_package"]["cutoff"]["value"]
    return KnownDifference(
        quantity="cut-off b",
        ours=f"{ours.value:.2f}",
        theirs=f"{theirs:.2f}",
        why="the package takes the SD of the clinical group; Jacobson & Truax (1991), p. 13, that "
        "of the functional one",
    )


def _slopes(oracle: Oracle) -> list[Difference | KnownDifference]:
    data, expected = oracle.given["data"], oracle.outputs
    score = [np.nan if bdi is None else bdi for bdi in data["bdi"]]
    courses = courses_from_rows(client=data["id"], session=data["time"], score=score)
    judged = slope_change(
        courses=courses, higher_is_better=False, judge="deviation from the mean slope"
    )
    whole = slope_change(courses=courses, higher_is_better=False)
    place = {client: at for at, client in enumerate(courses.clients.tolist())}
    at = [place[int(client)] for client in expected["rci"]["id"]]
    rows = expected["coefficients"]
    numbers = (
        (judged.deviation[at], rows["eb_estimate"]),
        (judged.deviation_sd[at], rows["sd"]),
        (judged.rci[at], expected["rci"]["rci"]),
        (judged.mean_slope, expected["fixef"]["time"]),
    )
    verdict = judged.verdict[at]
    return [
        absolute(
            "deviation of each slope, its SD, index; mean slope",
            oracle.tolerance["rci_abs"],
            *numbers,
        ),
        exact(
            "verdict of each client",
            ((verdict == 1).tolist(), expected["rci"]["improved"]),
            ((verdict == -1).tolist(), expected["rci"]["deteriorated"]),
        ),
        KnownDifference(
            quantity="clients reliably improved, as we judge by default",
            ours=str(whole.counts["reliably improved"]),
            theirs=str(expected["summary"]["n"][0]),
            why="the package asks who improved faster than the average; ours who improved at all, "
            "unless told otherwise",
        ),
    ]


CLINICAL = {
    "clinical_significance_claus2020": Recipe(
        formula="Jacobson-Truax, Gulliksen-Lord-Novick, Hsu-Linn-Lord, Edwards-Nunnally, "
        "Nunnally-Kotsch, Hageman-Arrindell; cut-offs a and c; 50 % change; 7 points",
        compare=_clinical_significance,
    ),
    "clinical_significance_hlm_claus2020": Recipe(
        formula="bdi ~ time + (time | id), REML; deviation of the slope / its conditional SD",
        compare=_slopes,
    ),
}
