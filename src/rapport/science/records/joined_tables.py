"""Several session tables read as one: the same client id is the same client."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapport.science.errors import BadInputError
from rapport.science.records.courses import IntArray
from rapport.science.records.session_table import ItemAnswers, Labels, SessionTable


def joined(*, tables: Sequence[SessionTable]) -> SessionTable:
    """Put tables together. A form that one table scores and another leaves empty keeps its score.

    Raises:
        BadInputError: two tables give two scores for one form (client, session, scale, respondent).

    >>> def one(score, scale):
    ...     return SessionTable(client=np.zeros(1, int), client_ids=np.array(["Amir"]),
    ...         session=np.ones(1), scale=np.zeros(1, int), scale_names=(scale,),
    ...         score=np.array([score]), respondent=np.zeros(1, np.int8))
    >>> both = joined(tables=[one(5.0, "wai"), one(12.0, "phq-9")])
    >>> both.n_clients, both.scale_names
    (1, ('wai', 'phq-9'))
    """
    if len(tables) == 1:
        return tables[0]
    ids, client = _together([t.client for t in tables], [t.client_ids for t in tables])
    names, scale = _together([t.scale for t in tables], [np.array(t.scale_names) for t in tables])
    whole = SessionTable(
        client=client,
        client_ids=ids,
        session=np.concatenate([t.session for t in tables]),
        scale=scale,
        scale_names=tuple(str(n) for n in names),
        score=np.concatenate([t.score for t in tables]),
        respondent=np.concatenate([t.respondent for t in tables]),
        date=_filled([t.date for t in tables], tables, np.datetime64("NaT", "D")),
        therapist=_labels([t.therapist for t in tables], tables),
        case=_labels([t.case for t in tables], tables),
        attended=_filled([t.attended for t in tables], tables, np.int8(-1)),
        words=_filled([t.words for t in tables], tables, None),
        items=_items([t for t in tables if t.items is not None], ids),
        warnings=tuple(w for t in tables for w in t.warnings),
    )
    return _rows(whole, _kept(whole))


def _together(
    codes: Sequence[IntArray], names: Sequence[NDArray[Any]]
) -> tuple[NDArray[Any], IntArray]:
    """One list of names in order of appearance, and every code moved to it."""
    place: dict[str, int] = {}
    moved = []
    for own_codes, own_names in zip(codes, names, strict=True):
        new = np.array([place.setdefault(str(n), len(place)) for n in own_names], dtype=np.int64)
        moved.append(np.where(own_codes < 0, -1, new[own_codes]) if len(new) else own_codes)
    return np.array(list(place)), np.concatenate(moved)


def _filled(columns: Sequence[Any], tables: Sequence[SessionTable], empty: Any) -> Any:
    """A column that some tables may lack; ``empty`` stands where it does."""
    if all(c is None for c in columns):
        return None
    kind = next(c.dtype for c in columns if c is not None)
    return np.concatenate(
        [
            np.full(t.n_rows, empty, dtype=kind) if c is None else c
            for c, t in zip(columns, tables, strict=True)
        ]
    )


def _labels(columns: Sequence[Labels | None], tables: Sequence[SessionTable]) -> Labels | None:
    if all(c is None for c in columns):
        return None
    codes = [
        np.full(t.n_rows, -1, dtype=np.int64) if c is None else c.codes
        for c, t in zip(columns, tables, strict=True)
    ]
    names, moved = _together(codes, [np.array([]) if c is None else c.names for c in columns])
    return Labels(codes=moved, names=names)


def _items(tables: Sequence[SessionTable], ids: NDArray[Any]) -> ItemAnswers | None:
    parts = [t.items for t in tables if t.items is not None]
    if not parts:
        return None
    place = {str(name): code for code, name in enumerate(ids)}
    client = [
        np.array([place[str(n)] for n in t.client_ids], dtype=np.int64)[p.client]
        for t, p in zip(tables, parts, strict=True)
    ]
    instruments, instrument = _together(
        [p.instrument.codes for p in parts], [p.instrument.names for p in parts]
    )
    questions, item = _together([p.item.codes for p in parts], [p.item.names for p in parts])
    return ItemAnswers(
        client=np.concatenate(client),
        session=np.concatenate([p.session for p in parts]),
        instrument=Labels(codes=instrument, names=instruments),
        item=Labels(codes=item, names=questions),
        answer=np.concatenate([p.answer for p in parts]),
        respondent=np.concatenate([p.respondent for p in parts]),
    )


def _kept(table: SessionTable) -> IntArray:
    """Rows to keep: of each form the one with a score, refusing two of them."""
    keys = (table.respondent, table.scale, table.session, table.client)
    order = np.lexsort((np.isnan(table.score), *keys))
    same = np.ones(len(order), dtype=bool)
    for key in keys:
        same &= np.diff(key[order], prepend=np.nan) == 0
    twice = same & ~np.isnan(table.score[order])
    if twice.any():
        row = int(order[np.argmax(twice)])
        raise BadInputError(
            f"client {table.client_ids[table.client[row]]}, session {table.session[row]:g}, scale "
            f"{table.scale_names[table.scale[row]]}: two tables give two scores; keep one"
        )
    return np.sort(order[~same])


def _rows(table: SessionTable, rows: IntArray) -> SessionTable:
    def cut(labels: Labels | None) -> Labels | None:
        return None if labels is None else Labels(codes=labels.codes[rows], names=labels.names)

    return SessionTable(
        client=table.client[rows],
        client_ids=table.client_ids,
        session=table.session[rows],
        scale=table.scale[rows],
        scale_names=table.scale_names,
        score=table.score[rows],
        respondent=table.respondent[rows],
        date=None if table.date is None else table.date[rows],
        therapist=cut(table.therapist),
        case=cut(table.case),
        attended=None if table.attended is None else table.attended[rows],
        words=None if table.words is None else table.words[rows],
        items=table.items,
        warnings=table.warnings,
    )
