"""The JSON of a reading: one text whatever the stretches, its names kept, nothing made up."""

import json

import numpy as np
import orjson
import pytest

from rapport.files import json_file
from rapport.files.json_file import json_beside, json_parts
from rapport.science.reading.assemble import read_sessions
from rapport.science.reading.settings import ReadingSettings
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import SessionTable

WAI = Scale(name="wai", role="alliance", higher_is_better=True, minimum=0, maximum=40)


@pytest.fixture(scope="module")
def reading():
    scores = np.tile([30.0, np.nan, 31.0], 5)
    table = SessionTable(
        client=np.repeat(np.arange(5), 3),
        client_ids=np.array(["a", 'b "quoted"', "ß", "=1+1", "</script>"], dtype=object),
        session=np.tile([1.0, 2.0, 3.0], 5),
        scale=np.zeros(15, dtype=np.int64),
        scale_names=("wai",),
        score=scores,
        respondent=np.zeros(15, dtype=np.int8),
    )
    return read_sessions(
        table=table,
        known={"wai": WAI},
        settings=ReadingSettings(),
        rng=np.random.default_rng(1),
        version="9",
    )


def test_the_text_is_the_same_whatever_the_stretches(reading, monkeypatch):
    texts = set()
    for at_once in (1, 2, 5, 100):
        monkeypatch.setattr(json_file, "AT_ONCE", at_once)
        texts.add(b"".join(json_parts(reading)))
    assert len(texts) == 1
    assert json.loads(texts.pop())["rapport"] == "9"


def test_it_is_what_one_would_write_in_one_go(reading):
    whole = json.loads(b"".join(json_parts(reading)))
    clients = json.loads(orjson.dumps(list(reading.clients)))
    assert whole["clients"] == clients
    assert [c["client"] for c in clients] == ["</script>", "=1+1", "a", 'b "quoted"', "ß"]


def test_no_clients_are_an_empty_list(reading, monkeypatch):
    monkeypatch.setattr(type(reading.clients), "__len__", lambda self: 0)
    assert json.loads(b"".join(json_parts(reading)))["clients"] == []


def test_a_missing_answer_is_null_and_never_zero(reading):
    whole = json.loads(b"".join(json_parts(reading)))
    assert whole["clients"][0]["alliance"]["series"]["scores"] == [30, None, 31]
    assert b"NaN" not in b"".join(json_parts(reading))


def test_it_does_not_appear_where_the_block_around_it_fails(reading, tmp_path):
    path = tmp_path / "reading.json"
    path.write_text("the old one")
    with pytest.raises(ZeroDivisionError), json_beside(reading=reading, path=path):
        raise ZeroDivisionError
    assert path.read_text() == "the old one"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_fault_while_writing_leaves_the_old_file_untouched(reading, tmp_path, monkeypatch):
    path = tmp_path / "reading.json"
    path.write_text("the old one")

    def half(_, **told):
        yield b'{"rapport":'
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(json_file, "json_parts", half)
    with pytest.raises(OSError, match="No space left"), json_beside(reading=reading, path=path):
        pass
    assert path.read_text() == "the old one"
    assert len(list(tmp_path.iterdir())) == 1
