"""A backup file opens whole and unchanged under its key, or not at all."""

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.web.upkeep import envelope
from rapport.web.upkeep.envelope import CHUNK, HEAD, TAG, read_sealed, write_sealed
from rapport.web.upkeep.errors import Damaged, NotABackup, WrongKey, WrongVersion

KEY = bytes(range(32))


def sealed(*parts, key=KEY):
    file = io.BytesIO()
    write_sealed(file, parts, key=key)
    return file.getvalue()


def opened(content, *, key=KEY):
    return b"".join(read_sealed(io.BytesIO(content), key=key))


@pytest.fixture(autouse=True, scope="module")
def small_chunks():
    """Many chunks from few bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(envelope, "CHUNK", 64)
        yield


@given(st.lists(st.binary(max_size=200), max_size=6))
def test_what_was_put_in_comes_out(parts):
    assert opened(sealed(*parts)) == b"".join(parts)


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 129])
def test_also_at_the_edge_of_a_chunk(size):
    assert opened(sealed(bytes(size))) == bytes(size)


@given(st.data())
def test_cut_anywhere_it_does_not_open(data):
    whole = sealed(bytes(range(200)))
    with pytest.raises((Damaged, NotABackup)):
        opened(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(st.data())
def test_one_changed_bit_anywhere_is_noticed(data):
    content = bytearray(sealed(bytes(range(200))))
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((Damaged, NotABackup, WrongVersion, WrongKey)):
        opened(bytes(content))


def test_chunks_that_were_swapped_doubled_or_added_do_not_open():
    whole = sealed(bytes(200))
    size = 64 + TAG
    head, chunks = whole[:HEAD], [whole[HEAD:][n : n + size] for n in range(0, 4 * size, size)]
    for wrong in ([1, 0, 2, 3], [0, 0, 2, 3], [0, 1, 2], [0, 1, 2, 3, 3], [1, 2, 3]):
        with pytest.raises(Damaged):
            opened(head + b"".join(chunks[n] for n in wrong))
    other = sealed(bytes(200))
    with pytest.raises(Damaged):
        opened(head + other[HEAD:])


def test_another_key_and_another_version_are_named():
    with pytest.raises(WrongKey, match="another practice key"):
        opened(sealed(b"a"), key=bytes(32))
    later = bytearray(sealed(b"a"))
    later[7] = 2
    with pytest.raises(WrongVersion, match="format 2"):
        opened(bytes(later))
    with pytest.raises(NotABackup):
        opened(b"SQLite format 3\0" + bytes(100))


def test_the_same_content_is_never_sealed_twice_to_the_same():
    assert sealed(b"Sarah") != sealed(b"Sarah")
    assert b"Sarah" not in sealed(b"Sarah")


def test_a_large_file_needs_little_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(envelope, "CHUNK", CHUNK)
    place = tmp_path / "large"
    tracemalloc.start()
    with place.open("wb") as file:
        write_sealed(file, (bytes(300_000) for _ in range(300)), key=KEY)
    with place.open("rb") as file:
        size = sum(len(part) for part in read_sealed(file, key=KEY))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 90_000_000
    assert peak < 12_000_000
