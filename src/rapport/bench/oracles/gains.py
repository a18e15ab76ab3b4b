"""Oracle of sudden gains and losses."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.bench.oracles.compare import (
    Difference,
    KnownDifference,
    Oracle,
    Recipe,
    absolute,
    exact,
)
from rapport.science.outcome.sudden_gains import (
    SuddenChanges,
    criteria,
    one_per_client,
    sudden_changes,
    sudden_gain_cutoff,
)

INTERVALS = range(2, 11)  # the package judges session 2 to 3 until 10 to 11
FloatArray = NDArray[np.float64]


def _sudden_gains(oracle: Oracle) -> list[Difference | KnownDifference]:
    data, outputs = oracle.given["data"], oracle.outputs
    scores = np.array([data[f"bdi_s{k}"] for k in range(1, 13)], dtype=np.float64).T
    found = sudden_changes(scores=scores, cutoff=7)
    gains, example = found.kind == 1, outputs["cutoff_example"]
    cutoff = sudden_gain_cutoff(sd=example["sd"], reliability=example["reliability"])
    numbers = (
        (cutoff, example["reliable_change_value"]),
        (found.magnitude[gains], outputs["bysg"]["sg_magnitude"]),
    )
    return [
        exact("each criterion of each interval", *_flags(scores, outputs)),
        exact("client, session, reversal of every gain; one per person", *_gains(found, outputs)),
        absolute("size of every gain; cut-off", oracle.tolerance["numbers"], *numbers),
        _losses(scores, outputs["losses_package"]),
    ]


def _package_flags(table: Any, prefix: str) -> FloatArray:
    columns = [table[f"{prefix}_{k}to{k + 1}"] for k in INTERVALS]
    return np.array(columns, dtype=np.float64).T


def _flags(scores: FloatArray, outputs: Any) -> list[tuple[list[str], list[str]]]:
    """Flags as words, so that missing beside missing is alike."""
    pairs = []
    for which, lasting in (("gains", "adjusted"), ("gains_fixed_crit", "fixed")):
        ours = criteria(scores=scores, cutoff=7, lasting=lasting)  # type: ignore[arg-type]
        table = outputs[which]
        for k in range(3):
            met = np.where(ours.known[k], ours.met[k], np.nan)[:, 1:-1]
            pairs.append((_words(met), _words(_package_flags(table, f"sg_crit{k + 1}"))))
        met = np.where(ours.judged, ours.all_met, np.nan)[:, 1:-1]
        pairs.append((_words(met), _words(_package_flags(table, "sg"))))
    without = criteria(scores=scores, cutoff=7, lasting="off").all_met[:, 1:-1]
    return [*pairs, ([str(without.sum())], [str(outputs["n_gains_crit12_only"])])]


def _words(flags: ArrayLike) -> list[str]:
    return [str(flag) for flag in np.asarray(flags, dtype=np.float64).ravel()]


def _gains(found: SuddenChanges, outputs: Any) -> list[tuple[list[Any], list[Any]]]:
    gains, expected = found.kind == 1, outputs["bysg"]
    pairs = [
        ((found.client_index[gains] + 1).tolist(), expected["id"]),
        ((found.before_position[gains] + 1).tolist(), expected["sg_session_n"]),
        (found.reversed[gains].astype(int).tolist(), expected["sg_reversal"]),
    ]
    for which, theirs in outputs["byperson"].items():
        chosen = one_per_client(changes=found, which=which)
        ids, sessions = found.client_index[chosen] + 1, found.before_position[chosen] + 1
        ours = list(zip(ids.tolist(), sessions.tolist(), strict=True))
        rows = zip(theirs["id"], theirs["sg_session_n"], strict=True)
        pairs.append((ours, [row for row in rows if row[1] is not None]))
    return pairs


def _losses(scores: FloatArray, table: Any) -> KnownDifference:
    large = criteria(scores=scores, cutoff=7, toward="higher").met[1][:, 1:-1]
    worse = np.diff(scores, axis=1)[:, 1:-1] > 0
    theirs = _package_flags(table, "sl_crit2") == 1
    return KnownDifference(
        quantity="worsenings that meet the second criterion of a sudden loss",
        ours=f"{int((large & worse).sum())} of {int(worse.sum())}",
        theirs=f"{int((theirs & worse).sum())} of {int(worse.sum())}",
        why="the package's second criterion holds for any worsening; ours asks for a "
        "quarter, as for gains",
    )


GAINS = {
    "sudden_gains_sgdata": Recipe(
        formula="Tang & DeRubeis (1999): 7 points; 25 %; mean before - mean after > t x pooled SD, "
        "t by number of sessions and fixed",
        compare=_sudden_gains,
    )
}
