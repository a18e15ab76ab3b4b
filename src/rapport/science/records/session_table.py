"""A session table in memory: one row per score, held as columns."""

from dataclasses import dataclass, field
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
    """

    client: IntArray
    session: FloatArray
    instrument: Labels
    item: Labels
    answer: FloatArray
    respondent: NDArray[np.int8]


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
