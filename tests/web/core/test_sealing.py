"""Sealed values open with their key, at their place, unchanged; never otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.web.core.errors import DoesNotOpen
from rapport.web.core.sealing import new_key, seal, unseal

KEY = new_key()


@given(st.binary(max_size=300), st.text(max_size=40))
def test_what_was_sealed_opens_to_the_same(value, place):
    assert unseal(seal(value, key=KEY, place=place), key=KEY, place=place) == value


def test_the_same_value_is_never_sealed_twice_to_the_same():
    assert seal(b"Sarah", key=KEY, place="a") != seal(b"Sarah", key=KEY, place="a")


def test_it_does_not_open_in_another_place():
    with pytest.raises(DoesNotOpen, match=r"person\.name:2"):
        unseal(seal(b"Sarah", key=KEY, place="person.name:1"), key=KEY, place="person.name:2")


def test_it_does_not_open_with_another_key():
    with pytest.raises(DoesNotOpen):
        unseal(seal(b"Sarah", key=KEY, place="a"), key=new_key(), place="a")


@given(st.data())
def test_one_changed_bit_anywhere_is_noticed(data):
    sealed = bytearray(seal(b"I nodded when I did not agree.", key=KEY, place="a"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(DoesNotOpen):
        unseal(bytes(sealed), key=KEY, place="a")


@given(st.binary(max_size=20))
def test_what_was_never_sealed_is_refused(rubbish):
    with pytest.raises(DoesNotOpen):
        unseal(rubbish, key=KEY, place="a")
