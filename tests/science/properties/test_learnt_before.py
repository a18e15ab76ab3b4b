"""What was learnt before reads one course as it would read it among all."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from rapport.science.errors import BadInputError
from rapport.science.reading.assemble import read_sessions
from rapport.science.reading.learn import learn
from rapport.science.reading.learnt import Learnt, LearntRelationship
from rapport.science.reading.learnt_text import from_text, to_text
from rapport.science.reading.model import ClientReading
from rapport.science.reading.settings import ReadingSettings
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import Labels, SessionTable
from rapport.science.simulate.caseload import simulate_caseload
from rapport.science.simulate.world import World

SETTINGS = ReadingSettings(alliance="wai-sr-client", outcome="phq-9")
KNOWN: Mapping[str, Scale] = {scale.name: scale for scale in (World().alliance, World().outcome)}


@pytest.fixture(scope="module")
def practice() -> SessionTable:
    return simulate_caseload(clients=60, sessions=12, rng=np.random.default_rng(5)).table


@pytest.fixture(scope="module")
def learnt(practice: SessionTable) -> Learnt:
    rng = np.random.default_rng(6)
    return learn(table=practice, known=KNOWN, settings=SETTINGS, rng=rng, sizes=(1, 2))


def _read(table: SessionTable, learnt: Learnt) -> dict[str, ClientReading]:
    rng = np.random.default_rng(7)
    reading = read_sessions(table=table, known=KNOWN, settings=SETTINGS, rng=rng, learnt=learnt)
    return {client.client: client for client in reading.clients}


def _only(table: SessionTable, code: int) -> SessionTable:
    kept = table.client == code

    def some(column):
        if isinstance(column, Labels):
            return replace(column, codes=column.codes[kept])
        return None if column is None else column[kept]

    by_row = ("session", "scale", "score", "respondent", "date", "therapist", "attended", "words")
    cut = {name: some(getattr(table, name)) for name in by_row}
    ids = table.client_ids[code : code + 1]
    alone = np.zeros(int(kept.sum()), dtype=np.int64)
    return replace(table, client=alone, client_ids=ids, case=None, items=None, **cut)


def _told(value):
    """Plain values; a sum in another order may differ in the last of sixteen digits."""
    if is_dataclass(value):
        return {field.name: _told(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [_told(one) for one in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


@pytest.mark.slow
def test_a_course_reads_alone_as_it_reads_among_all_others(practice, learnt):
    among = _read(replace(practice, case=None), learnt)
    for code, name in enumerate(practice.client_ids.tolist()):
        (alone,) = _read(_only(practice, code), learnt).values()
        assert _told(alone) == _told(among[str(name)])


@pytest.mark.slow
def test_learnt_text_comes_back_exactly_and_names_nobody(practice, learnt):
    text = to_text(learnt)
    assert to_text(from_text(text)) == text
    assert _read(practice, from_text(text)) == _read(practice, learnt)
    assert not any(f'"{name}"' in text for name in practice.client_ids.tolist())


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 99, "learnt": {}}', "null"])
def test_a_text_of_anything_else_is_refused(text):
    with pytest.raises(BadInputError, match="learn again"):
        from_text(text)


def test_a_text_can_make_no_other_record():
    with pytest.raises(BadInputError, match="learn again"):
        from_text('{"format": 1, "learnt": {"record": "Popen", "of": {"args": "true"}}}')


def test_nothing_learnt_of_a_scale_means_no_alarm_and_says_so(practice):
    nothing = Learnt(relationship={}, progress={}, false_alarms=0.05, clients=0)
    read = next(iter(_read(_only(practice, 0), nothing).values()))
    assert read.alliance.alarms == []
    assert read.outcome.forecast is None
    assert read.outcome.note == "nothing has been learnt of this measure here yet"


def test_a_size_without_a_rule_takes_the_next_stricter_one():
    rules = {1: "one", 4: "four"}
    made = LearntRelationship(rules=rules)
    assert [made.rule_for(n) for n in (1, 2, 4, 5)] == ["one", "four", "four", None]
