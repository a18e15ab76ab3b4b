"""Which column of the file plays which part in a session table."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapport.files.faults import FaultLog, shown_name, shown_value

REQUIRED_LONG = ("client", "session", "scale", "score")
REQUIRED_ITEMS = ("client", "session", "instrument", "item", "answer")
OPTIONAL = ("respondent", "date", "therapist", "case", "attended", "words")
PARTS = tuple(dict.fromkeys((*REQUIRED_LONG, *REQUIRED_ITEMS, *OPTIONAL)))

# Names often met in real tables, offered where a required column is missing. They are never
# taken silently: "case" is a client in one clinic and a couple in another.
_OFTEN_CALLED = {
    "client": ("id", "client_id", "clientid", "subject", "patient", "participant", "person", "pid"),
    "session": ("week", "visit", "occasion", "time", "month", "wave", "session_number", "day"),
    "scale": ("measure", "instrument", "questionnaire", "test"),
    "score": ("value", "total", "sum", "result", "rating"),
    "instrument": ("measure", "questionnaire", "scale"),
    "item": ("question", "item_id"),
    "answer": ("response", "value", "score"),
}


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Parts of a session table and where they stand in the file.

    Attributes:
        position: part -> index of its column.
        name: part -> name of its column as in the file.
    """

    position: Mapping[str, int]
    name: Mapping[str, str]

    def __contains__(self, part: str) -> bool:
        return part in self.position

    @property
    def is_item_level(self) -> bool:
        """Answers to single questions, to be scored, instead of scores."""
        return "answer" in self and "item" in self and "score" not in self


def find_columns(*, header: Sequence[str], mapping: Mapping[str, str], log: FaultLog) -> Columns:
    """Find each part by the name it is mapped to, else by its own name in any case."""
    found: dict[str, int] = {}
    for part, wanted in mapping.items():
        if part not in PARTS:
            log.add(
                what=f"--map {shown_name(part)}=...: no such part", do=f"use {', '.join(PARTS)}"
            )
        else:
            _place(part, wanted, header, found, log)
    taken = set(found.values())
    for part in PARTS:
        if part not in found and part not in mapping:
            _place_unmapped(part, header, found, taken, log)
    return Columns(position=found, name={part: header[at] for part, at in found.items()})


def must_have(
    *, required: Sequence[str], columns: Columns, header: Sequence[str], log: FaultLog
) -> None:
    """Stop with one line per missing part, naming the columns that may be meant."""
    for part in required:
        if part not in columns and not any(fault.column == part for fault in log.faults):
            log.add(
                row=1,
                column=part,
                what=f"no such column; the file has {_listed(header)}",
                do=_advice(part, header, set(columns.position.values())),
            )
    log.stop_if_any()


def same_name(header: Sequence[str], wanted: str) -> list[int]:
    """Positions of the columns with this name: exactly, or else in any case."""
    exact = [i for i, name in enumerate(header) if name == wanted]
    return exact or [i for i, name in enumerate(header) if name.casefold() == wanted.casefold()]


def _place(
    part: str, wanted: str, header: Sequence[str], found: dict[str, int], log: FaultLog
) -> None:
    at = same_name(header, wanted)
    if not at:
        near = difflib.get_close_matches(wanted, header, n=3)
        do = f"did you mean {' or '.join(map(shown_value, near))}?" if near else "correct --map"
        log.add(
            row=1,
            column=part,
            what=f"--map says {shown_value(wanted)}, and the file has no such column",
            do=do,
        )
    elif len(at) > 1:
        _note_twice(header[at[0]], at, log)
    else:
        found[part] = at[0]


def _place_unmapped(
    part: str, header: Sequence[str], found: dict[str, int], taken: set[int], log: FaultLog
) -> None:
    at = [i for i in same_name(header, part) if i not in taken]
    if len(at) > 1:
        _note_twice(part, at, log)
    elif at:
        found[part] = at[0]


def _note_twice(name: str, at: Sequence[int], log: FaultLog) -> None:
    places = " and ".join(str(i + 1) for i in at[:3])
    log.add(
        row=1,
        column=name,
        what=f"the header has this name {len(at)} times (columns {places})",
        do="rename all but one",
    )


def _advice(part: str, header: Sequence[str], taken: set[int]) -> str:
    free = {name.casefold(): name for i, name in enumerate(header) if name and i not in taken}
    guesses = [free[name] for name in _OFTEN_CALLED[part] if name in free]
    if not guesses:
        guesses = [free[name] for name in difflib.get_close_matches(part, list(free), cutoff=0.7)]
    if not guesses:
        return f"add it, or name yours with --map {part}=COLUMN"
    return "perhaps " + " or ".join(f"--map {part}={shown_name(guess)}" for guess in guesses[:3])


def _listed(header: Sequence[str]) -> str:
    names = [shown_name(name)[:30] for name in header if name]
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more
