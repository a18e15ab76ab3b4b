"""What was learnt as text, and back: numbers exactly, of no person by name.

A format of our own because the parts are nested records of arrays. Only the record types named
here are ever made from a text, so reading one can't run anything.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from rapport.science.alliance.drop_alarm import AlarmRule, Sensitivity, SteadyModel
from rapport.science.alliance.drop_alarm.scan import Baseline
from rapport.science.alliance.spread import Spread
from rapport.science.alliance.views_apart import ViewsRule
from rapport.science.errors import BadInputError
from rapport.science.numerics.growth_model import GrowthModel
from rapport.science.outcome.calibration import Calibration
from rapport.science.outcome.expected_response import ExpectedResponse
from rapport.science.outcome.response_model import Refinement, ResponseModel
from rapport.science.reading.learnt import Learnt, LearntProgress, LearntRelationship

FORMAT = 1  # a text of another format is refused: it is learnt again
_RECORDS: dict[str, Any] = {
    record.__name__: record
    for record in (
        AlarmRule, Baseline, Calibration, ExpectedResponse, GrowthModel, Learnt, LearntProgress,
        LearntRelationship, Refinement, ResponseModel, Sensitivity, Spread, SteadyModel, ViewsRule,
    )
}  # fmt: skip


def to_text(learnt: Learnt) -> str:
    """What was learnt, as text. Clients' ids and own effects in a model are left out.

    >>> from_text(to_text(Learnt(relationship={}, progress={}, false_alarms=0.05, clients=3)))
    Learnt(relationship={}, progress={}, false_alarms=0.05, clients=3)
    """
    return json.dumps({"format": FORMAT, "learnt": _plain(learnt)}, separators=(",", ":"))


def from_text(text: str) -> Learnt:
    """What ``to_text`` wrote.

    Raises:
        BadInputError: it is of another format, or no such text.
    """
    try:
        read = json.loads(text)
        if read["format"] != FORMAT:
            raise BadInputError(f"learnt text of format {read['format']}; learn again")
        made = _made(read["learnt"])
    except (ValueError, KeyError, TypeError) as fault:
        raise BadInputError("this is no text of what was learnt; learn again") from fault
    if not isinstance(made, Learnt):
        raise BadInputError("this is no text of what was learnt; learn again")
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, GrowthModel):
        value = _of_nobody(value)
    if is_dataclass(value) and not isinstance(value, type):
        told = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"record": type(value).__name__, "of": told}
    if isinstance(value, np.ndarray):
        return {"array": value.tolist(), "type": value.dtype.str, "shape": value.shape}
    if isinstance(value, Mapping):
        return {"map": [[_plain(key), _plain(of)] for key, of in value.items()]}
    if isinstance(value, tuple):
        return {"tuple": [_plain(of) for of in value]}
    if isinstance(value, list):
        return [_plain(of) for of in value]
    return value.item() if isinstance(value, np.generic) else value


def _of_nobody(model: GrowthModel) -> GrowthModel:
    """The model without the clients it was fitted to: forecasts never use them."""
    nobody = np.zeros(0)
    return replace(
        model,
        client_ids=nobody,
        effects=nobody,
        effects_cov=nobody,
        group_ids=nobody,
        group_effects=nobody,
        group_effects_var=nobody,
        client_group=None,
    )


def _made(value: Any) -> Any:
    if isinstance(value, list):
        return [_made(of) for of in value]
    if not isinstance(value, dict):
        return value
    if "record" in value:
        return _RECORDS[value["record"]](**{name: _made(of) for name, of in value["of"].items()})
    if "array" in value:
        return np.array(value["array"], dtype=value["type"]).reshape(value["shape"])
    if "map" in value:
        return {_made(key): _made(of) for key, of in value["map"]}
    return tuple(_made(of) for of in value["tuple"])
