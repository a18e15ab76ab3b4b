"""A session table in memory: one row per score, held as columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapport.science.errors import BadInputError
from rapport.science.records.courses import Courses, FloatArray, IntArray

RESPONDENTS = ("client", "therapist", "observer")


@dataclass(frozen=True, kw_only=True)
class Labels:
    """A column of names, held as positions in a short list of the different names.

    Attributes:
        codes: position of each row's name in ``names``, -1 where the cell is empty.
        names: the different names in order of first appearance.
    """

    codes: IntArray
    names: NDArray[Any]

    def at(self, row: int) -> str | None:
        """The name in this row.

        >>> Labels(codes=np.array([0, -1]), names=np.array(["Amir"])).at(0)
        'Amir'
        """
        code = int(self.codes[row])
        return None if code < 0 else str(self.names[code])


@dataclass(frozen=True, kw_only=True)
class ItemAnswers:
    """Answers to single questions, one row each; they belong to the same clients as the table.

    Attributes:
        client: positions in ``SessionTable.client_ids``.
        session: session numbers.
        instrument, item: names of the questionnaire and of its question.
        answer: NaN where not answered.
        respondent: positions in ``RESPONDENTS``.
        words: answers in words, None where there is none; None: no answer is in words.
    """

    client: IntArray
    session: FloatArray
    instrument: Labels
    item: Labels
    answer: FloatArray
    respondent: NDArray[np.int8]
    words: NDArray[Any] | None = None


@dataclass(frozen=True, kw_only=True)
class SessionTable:
    """Scores of many clients, sessions, scales and respondents, in the order of the file.

    Attributes:
        client: positions in ``client_ids``, shape (n_rows,).
        client_ids: the different ids in order of first appearance.
        session: session number or time in the table's own unit.
        scale: positions in ``scale_names``.
        score: NaN where the form was not answered.
        respondent: positions in ``RESPONDENTS``.
        date: day of the session, NaT where unknown; None: the table has no dates.
        therapist, case: names, where the table has them.
        attended: 1 held, 0 not held, -1 not said; None: the table doesn't say.
        words: what the client wrote with this row, None where nothing.
        items: answers to single questions, where the table was item by item.
        warnings: what a reader should know and need not mend.
    """

    client: IntArray
    client_ids: NDArray[Any]
    session: FloatArray
    scale: IntArray
    scale_names: tuple[str, ...]
    score: FloatArray
    respondent: NDArray[np.int8]
    date: NDArray[np.datetime64] | None = None
    therapist: Labels | None = None
    case: Labels | None = None
    attended: NDArray[np.int8] | None = None
    words: NDArray[Any] | None = None
    items: ItemAnswers | None = None
    warnings: tuple[str, ...] = field(default=())

    @property
    def n_rows(self) -> int:
        return len(self.session)

    @property
    def n_clients(self) -> int:
        return len(self.client_ids)

    def rows(self, *, scale: str, respondent: str = "client") -> NDArray[np.bool_]:
        """Which rows hold this scale as this person filled it in."""
        if scale not in self.scale_names:
            raise BadInputError(
                f"no scale {scale!r} in the table; it has {', '.join(self.scale_names) or 'none'}"
            )
        if respondent not in RESPONDENTS:
            raise BadInputError(f"respondent {respondent!r}; use one of {', '.join(RESPONDENTS)}")
        who = RESPONDENTS.index(respondent)
        chosen = (self.scale == self.scale_names.index(scale)) & (self.respondent == who)
        return np.asarray(chosen)

    def courses(self, *, scale: str, respondent: str = "client") -> Courses:
        """The courses of one scale: the clients who have rows of it, sorted by session.

        >>> table = SessionTable(
        ...     client=np.array([0, 0, 1]), client_ids=np.array(["a", "b"]),
        ...     session=np.array([2.0, 1.0, 1.0]), scale=np.zeros(3, int), scale_names=("wai",),
        ...     score=np.array([5.0, 4.0, np.nan]), respondent=np.zeros(3, np.int8))
        >>> table.courses(scale="wai").score
        array([ 4.,  5., nan])
        """
        chosen = self.rows(scale=scale, respondent=respondent)
        client, session, score = self.client[chosen], self.session[chosen], self.score[chosen]
        if not _sorted(client, session):
            order = np.lexsort((session, client))
            client, session, score = client[order], session[order], score[order]
        counts = np.bincount(client, minlength=self.n_clients)
        present = counts > 0
        starts = np.concatenate([[0], np.cumsum(counts[present])]).astype(np.int64)
        return Courses(
            clients=self.client_ids[present], starts=starts, session=session, score=score
        )


def _sorted(client: IntArray, session: FloatArray) -> bool:
    steps = np.diff(client)
    return bool(np.all((steps > 0) | ((steps == 0) & (np.diff(session) > 0))))


def joined(*, tables: Sequence[SessionTable]) -> SessionTable:
    """Several tables as one: the same id means the same client, the same name the same scale.

    A form that is empty in one table and scored in another is one form, and its score stays.

    Raises:
        BadInputError: no table, or two scores for one client, session, scale and respondent.

    >>> one = SessionTable(
    ...     client=np.array([0]), client_ids=np.array(["a"], dtype=object),
    ...     session=np.array([1.0]), scale=np.array([0]), scale_names=("wai",),
    ...     score=np.array([5.0]), respondent=np.zeros(1, np.int8))
    >>> joined(tables=[one, replace(one, scale_names=("phq-9",))]).scale_names
    ('wai', 'phq-9')
    """
    if not tables:
        raise BadInputError("no table to join; give at least one")
    client, ids = _recoded([Labels(codes=t.client, names=t.client_ids) for t in tables])
    names = [np.array(t.scale_names, dtype=object) for t in tables]
    scale, scale_names = _recoded(
        [Labels(codes=t.scale, names=n) for t, n in zip(tables, names, strict=True)]
    )
    whole = SessionTable(
        client=client,
        client_ids=ids,
        session=np.concatenate([t.session for t in tables]),
        scale=scale,
        scale_names=tuple(str(name) for name in scale_names),
        score=np.concatenate([t.score for t in tables]),
        respondent=np.concatenate([t.respondent for t in tables]),
        date=_stacked([t.date for t in tables], tables, np.datetime64("NaT", "D")),
        therapist=_stacked_labels([t.therapist for t in tables], tables),
        case=_stacked_labels([t.case for t in tables], tables),
        attended=_stacked([t.attended for t in tables], tables, np.int8(-1)),
        words=_stacked([t.words for t in tables], tables, None),
        items=_joined_items(tables, ids),
        warnings=tuple(dict.fromkeys(warning for t in tables for warning in t.warnings)),
    )
    return _without_empty_doubles(whole)


def _recoded(columns: Sequence[Labels]) -> tuple[IntArray, NDArray[Any]]:
    """Codes of several columns over one list of names, in order of first appearance."""
    position: dict[Any, int] = {}
    codes = []
    for column in columns:
        new = [position.setdefault(name, len(position)) for name in column.names.tolist()]
        codes.append(np.array([*new, -1], dtype=np.int64)[column.codes])
    return np.concatenate(codes), np.array(list(position), dtype=object)


def _stacked(
    columns: Sequence[NDArray[Any] | None], tables: Sequence[SessionTable], missing: Any
) -> NDArray[Any] | None:
    present = [column for column in columns if column is not None]
    if not present:
        return None
    filled = [
        np.full(table.n_rows, missing, dtype=present[0].dtype) if column is None else column
        for column, table in zip(columns, tables, strict=True)
    ]
    return np.concatenate(filled)


def _stacked_labels(
    columns: Sequence[Labels | None], tables: Sequence[SessionTable]
) -> Labels | None:
    if all(column is None for column in columns):
        return None
    nobody = np.zeros(0, dtype=object)
    codes, names = _recoded(
        [
            Labels(codes=np.full(table.n_rows, -1), names=nobody) if column is None else column
            for column, table in zip(columns, tables, strict=True)
        ]
    )
    return Labels(codes=codes, names=names)


def _joined_items(tables: Sequence[SessionTable], ids: NDArray[Any]) -> ItemAnswers | None:
    found = [(t, t.items) for t in tables if t.items is not None]
    if not found:
        return None
    position = {name: at for at, name in enumerate(ids.tolist())}
    client = [np.array([position[n] for n in t.client_ids.tolist()])[i.client] for t, i in found]
    items = [i for _, i in found]
    instrument = _recoded([i.instrument for i in items])
    item = _recoded([i.item for i in items])
    words = [
        np.full(len(i.answer), None, dtype=object) if i.words is None else i.words for i in items
    ]
    return ItemAnswers(
        client=np.concatenate(client),
        session=np.concatenate([i.session for i in items]),
        instrument=Labels(codes=instrument[0], names=instrument[1]),
        item=Labels(codes=item[0], names=item[1]),
        answer=np.concatenate([i.answer for i in items]),
        respondent=np.concatenate([i.respondent for i in items]),
        words=np.concatenate(words) if any(i.words is not None for i in items) else None,
    )


def _without_empty_doubles(table: SessionTable) -> SessionTable:
    """Drop forms without a score that stand again with one; two scores for one are refused."""
    keys = (np.isnan(table.score), table.respondent, table.scale, table.session, table.client)
    order = np.lexsort(keys)
    same = np.ones(max(len(order) - 1, 0), dtype=np.bool_)
    for key in keys[1:]:
        same &= np.diff(key[order]) == 0
    later = order[1:][same]
    twice = later[np.isfinite(table.score[later])]
    if len(twice):
        at = int(twice.min())
        raise BadInputError(
            f"client {table.client_ids[table.client[at]]}, session {table.session[at]:g}, "
            f"{table.scale_names[table.scale[at]]}: scores in two tables; keep one"
        )
    kept = np.ones(table.n_rows, dtype=np.bool_)
    kept[later] = False
    words = _words_kept(table, before=order[:-1][same], later=later)
    return table if kept.all() else _only(replace(table, words=words), kept)


def _words_kept(table: SessionTable, *, before: IntArray, later: IntArray) -> NDArray[Any] | None:
    """Words of a dropped form move to the form that stays, unless it has its own."""
    if table.words is None:
        return None
    words = table.words.copy()
    for stays, dropped in zip(before[::-1].tolist(), later[::-1].tolist(), strict=True):
        words[stays] = words[dropped] if words[stays] is None else words[stays]
    return words


def _only(table: SessionTable, kept: NDArray[np.bool_]) -> SessionTable:
    def some(column: Any) -> Any:
        if isinstance(column, Labels):
            return replace(column, codes=column.codes[kept])
        return None if column is None else column[kept]

    by_row = ("client", "session", "scale", "score", "respondent", "date", "therapist", "case")
    return replace(
        table, **{name: some(getattr(table, name)) for name in (*by_row, "attended", "words")}
    )
