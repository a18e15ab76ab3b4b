"""Write what is true of a made-up caseload, beside its table."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson

from rapport.files.whole import whole_file
from rapport.science.records.courses import FloatArray
from rapport.science.simulate.caseload import CaseloadTruth, SimulatedCaseload


def write_truth(*, caseload: SimulatedCaseload, path: Path, seed: int | None = None) -> None:
    """Write the truth as JSON: the world's settings, then one object per client.

    Latent series are left out: they are as large as the table; ``simulate_caseload`` gives them.

    Args:
        caseload: what was made up.
        path: where to; the file appears whole or not at all.
        seed: noted among the settings.
    """
    settings = caseload.world.to_dict() | {"seed": seed}
    with whole_file(path) as file:
        file.write(b'{"settings":' + orjson.dumps(settings) + b',"clients":[')
        for at, client in enumerate(_clients(caseload)):
            file.write((b",\n" if at else b"\n") + orjson.dumps(client))
        file.write(b"\n]}\n")


def _clients(caseload: SimulatedCaseload) -> list[dict[str, Any]]:
    truth, ids = caseload.truth, caseload.table.client_ids
    numbers = {
        "last_session": truth.last_session.tolist(),
        "dropped_out": truth.dropped_out.tolist(),
        "at_ceiling": truth.at_ceiling.tolist(),
        "level": np.round(truth.level, 3).tolist(),
        "within_sd": np.round(truth.within_sd, 3).tolist(),
    }
    clients = [
        {"client": name} | {key: values[at] for key, values in numbers.items()}
        for at, name in enumerate(ids.tolist())
    ]
    for client, ruptures, gain in zip(clients, _ruptures(truth), _gains(truth), strict=True):
        client |= {"ruptures": ruptures, "sudden_gain": gain}
    return clients


def _ruptures(truth: CaseloadTruth) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = [[] for _ in truth.last_session]
    rows = zip(
        truth.rupture_client.tolist(),
        truth.rupture_start.tolist(),
        _known(truth.rupture_repaired),
        np.round(truth.rupture_depth, 3).tolist(),
        strict=True,
    )
    for client, start, repaired, depth in rows:
        found[client].append({"start": start, "repaired": repaired, "depth": depth})
    return found


def _gains(truth: CaseloadTruth) -> list[dict[str, Any] | None]:
    sizes = np.round(truth.gain_size, 3).tolist()
    return [
        None if after is None else {"after": after, "size": size}
        for after, size in zip(_known(truth.gain_after), sizes, strict=True)
    ]


def _known(sessions: FloatArray) -> list[int | None]:
    return [None if np.isnan(at) else int(at) for at in sessions.tolist()]
