"""Small session tables written as rows, and their readings."""

import numpy as np

from rapport.science.reading.assemble import read_sessions
from rapport.science.reading.settings import ReadingSettings
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import (
    RESPONDENTS,
    ItemAnswers,
    Labels,
    SessionTable,
)

WAI = Scale(name="wai", role="alliance", higher_is_better=True, minimum=0, maximum=40)
MOOD = Scale(
    name="mood",
    role="outcome",
    higher_is_better=False,
    minimum=0,
    maximum=30,
    reliability=0.9,
    sd=6.0,
)
KNOWN = {"wai": WAI, "mood": MOOD}


def session_table(rows, *, cases=None, items=None, **columns):
    """Rows are (client, session, scale, score) or with the respondent as a fifth."""
    client, session, scale, score, who = zip(*[(*row, "client")[:5] for row in rows], strict=True)
    people, names = _labels(client), _labels(scale)
    return SessionTable(
        client=people.codes,
        client_ids=people.names,
        session=np.array(session, dtype=float),
        scale=names.codes,
        scale_names=tuple(names.names.tolist()),
        score=np.array([np.nan if s is None else s for s in score], dtype=float),
        respondent=np.array([RESPONDENTS.index(w) for w in who], dtype=np.int8),
        case=None if cases is None else _labels([cases.get(c) for c in client]),
        items=None if items is None else item_answers(items, people.names.tolist()),
        **columns,
    )


def item_answers(rows, people):
    """Rows are (client, session, instrument, item, answer)."""
    client, session, instrument, item, answer = zip(*rows, strict=True)
    return ItemAnswers(
        client=np.array([people.index(c) for c in client]),
        session=np.array(session, dtype=float),
        instrument=_labels(instrument),
        item=_labels(item),
        answer=np.array([np.nan if a is None else a for a in answer], dtype=float),
        respondent=np.zeros(len(rows), dtype=np.int8),
    )


def read(table, *, known=KNOWN, seed=1, instruments=None, reference=None, **choices):
    """One reading with the usual scales."""
    return read_sessions(
        table=table,
        known=known,
        settings=ReadingSettings(**choices),
        rng=np.random.default_rng(seed),
        instruments=instruments,
        reference=reference,
    )


def of(reading, client):
    """One client's entry."""
    return next(c for c in reading.clients if c.client == client)


def _labels(values):
    names = list(dict.fromkeys(v for v in values if v is not None))
    codes = np.array([-1 if v is None else names.index(v) for v in values], dtype=np.int64)
    return Labels(codes=codes, names=np.array(names, dtype=object))
