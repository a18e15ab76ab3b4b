"""The same sessions give the same reading, in whatever order the rows of a table stand."""

import re
from dataclasses import replace

import numpy as np

from rapport.science.records.courses import IntArray
from rapport.science.records.session_table import Labels, SessionTable


def in_settled_order(table: SessionTable) -> SessionTable:
    """The table with its clients, scales, therapists and cases numbered by their names.

    Rows stay where they are; only a column whose numbers change is copied. Ids are ordered as
    people do: client 2 before client 10.

    >>> table = SessionTable(
    ...     client=np.array([0, 1]), client_ids=np.array(["c10", "c2"]), session=np.ones(2),
    ...     scale=np.zeros(2, int), scale_names=("wai",), score=np.ones(2),
    ...     respondent=np.zeros(2, np.int8))
    >>> in_settled_order(table).client.tolist()
    [1, 0]
    """
    table = _with_clients(table)
    scale = _settled(Labels(codes=table.scale, names=np.array(table.scale_names, dtype=object)))
    return replace(
        table,
        scale=scale.codes,
        scale_names=tuple(str(name) for name in scale.names),
        therapist=None if table.therapist is None else _settled(table.therapist),
        case=None if table.case is None else _settled(table.case),
    )


def _with_clients(table: SessionTable) -> SessionTable:
    order = _order([str(name) for name in table.client_ids])
    if order is None:
        return table
    place = np.argsort(order)
    items = table.items
    return replace(
        table,
        client=place[table.client],
        client_ids=table.client_ids[order],
        items=None if items is None else replace(items, client=place[items.client]),
    )


def _settled(labels: Labels) -> Labels:
    order = _order([str(name) for name in labels.names])
    if order is None:
        return labels
    place = np.append(np.argsort(order), -1)  # no name stays no name
    return Labels(codes=place[labels.codes], names=labels.names[order])


def _order(names: list[str]) -> IntArray | None:
    """Positions in order; None where the names stand so already."""
    keys = [(_with_wide_numbers(name), name) for name in names]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    if order == list(range(len(keys))):
        return None
    return np.array(order, dtype=np.int64)


def _with_wide_numbers(name: str) -> str:
    return re.sub(r"\d+", lambda digits: digits[0].zfill(20), name)
