"""Which column of a wide table holds which item."""

import re
from collections.abc import Sequence

from rapport.science.errors import BadInputError
from rapport.science.scoring.instrument import Instrument
from rapport.science.scoring.parts import Item


def match_columns(*, instrument: Instrument, names: Sequence[str]) -> dict[str, str]:
    """Find the column of each item, by its id or its number, with or without the instrument.

    ``q3``, ``3``, ``item 3``, ``PHQ-9_q3``, ``phq9_3`` and ``phq9.item3`` all mean item q3 of the
    PHQ-9. Upper case, spaces and punctuation don't matter.

    Args:
        instrument: whose items are looked for.
        names: the table's columns.

    Returns:
        Item id -> column, for all scored items, and for extra items where there is a column.

    Raises:
        BadInputError: an item without a column, or with two.

    >>> from rapport.science.scoring.examples import MOOD
    >>> match_columns(instrument=MOOD, names=["client", "Mood_Low", "mood.well"])
    {'low': 'Mood_Low', 'well': 'mood.well'}
    """
    plain: dict[str, list[str]] = {}
    for name in names:
        plain.setdefault(_plain(name), []).append(name)
    found = {}
    for item in (*instrument.items, *instrument.extra_items):
        columns = [name for key in _spellings(instrument, item) for name in plain.get(key, [])]
        if len(columns) > 1:
            raise BadInputError(
                f"{instrument.id}: item {item.id}: columns {' and '.join(map(repr, columns))} both "
                "fit; rename or remove one"
            )
        if columns:
            found[item.id] = columns[0]
        elif item in instrument.items:
            raise BadInputError(
                f"{instrument.id}: item {item.id}: no column; name it {instrument.id}_{item.id} "
                f"or {item.id} (empty where not answered)"
            )
    return found


def _spellings(instrument: Instrument, item: Item) -> list[str]:
    own = [_plain(item.id)]
    if item.number is not None:
        own += [f"q{item.number}", f"item{item.number}", str(item.number)]
    prefixed = [_plain(instrument.id) + name for name in own]
    return list(dict.fromkeys([*own, *prefixed]))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
