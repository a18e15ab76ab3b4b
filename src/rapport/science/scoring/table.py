"""Take the keys of a parsed TOML table one by one; whatever is left over is refused."""

from collections.abc import Mapping
from typing import Any

from rapport.science.errors import BadInputError


class Table:
    """A TOML table being read: knows where it stands, and what nobody has asked for yet."""

    def __init__(self, data: Any, *, where: str) -> None:
        if not isinstance(data, dict):
            raise BadInputError(f"{where}: expected a table, got {data!r}; write it as [name]")
        self._data: dict[str, Any] = dict(data)
        self._where = where

    def _place(self, key: str) -> str:
        return f"{self._where}: {key}"

    def _take(self, key: str, wanted: str, fits: tuple[type, ...]) -> Any:
        value = self._data.pop(key, None)
        wrong = not isinstance(value, fits) or (isinstance(value, bool) and bool not in fits)
        if value is not None and wrong:
            raise BadInputError(f"{self._place(key)} must be {wanted}, not {value!r}; correct it")
        return value

    def text(self, key: str) -> str | None:
        value = self._take(key, "text in quotes", (str,))
        return None if value is None else str(value)

    def needed_text(self, key: str) -> str:
        value = self.text(key)
        if not value:
            raise BadInputError(f"{self._place(key)} is missing; add it")
        return value

    def number(self, key: str) -> float | None:
        value = self._take(key, "a number", (int, float))
        return None if value is None else float(value)

    def needed_number(self, key: str) -> float:
        value = self.number(key)
        if value is None:
            raise BadInputError(f"{self._place(key)} is missing; add the number")
        return value

    def whole(self, key: str) -> int | None:
        value = self._take(key, "a whole number", (int,))
        return None if value is None else int(value)

    def flag(self, key: str) -> bool | None:
        value = self._take(key, "true or false", (bool,))
        return None if value is None else bool(value)

    def one_of(self, key: str, choices: tuple[str, ...], default: str | None = None) -> Any:
        value = self.text(key) or default
        if value not in choices:
            raise BadInputError(
                f"{self._place(key)} must be one of {', '.join(map(repr, choices))}, not {value!r}"
            )
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._take(key, "a list of texts", (list,)) or []
        if not all(isinstance(value, str) for value in values):
            raise BadInputError(f"{self._place(key)} must be a list of texts; quote each")
        return tuple(values)

    def pairs(self, key: str) -> tuple[tuple[float, float], ...]:
        rows = self._take(key, "a list of [raw, converted] pairs", (list,)) or []
        for row in rows:
            if not (isinstance(row, list) and len(row) == 2 and all(map(_is_number, row))):
                raise BadInputError(f"{self._place(key)}: {row!r} is not a pair [raw, converted]")
        return tuple((float(raw), float(converted)) for raw, converted in rows)

    def table(self, key: str) -> "Table":
        return Table(self._data.pop(key, {}), where=f"{self._where}: [{key}]")

    def has(self, key: str) -> bool:
        return key in self._data

    def named_tables(self) -> "dict[str, Table]":
        """Every remaining key as a table of its own."""
        names = list(self._data)
        return {name: self.table(name) for name in names}

    def tables(self, key: str) -> "list[Table]":
        """An array of tables; each knows its position, or its id where it has one."""
        rows = self._take(key, f"tables written as [[{key}]]", (list,)) or []
        return [Table(row, where=self._row_place(key, n, row)) for n, row in enumerate(rows, 1)]

    def _row_place(self, key: str, position: int, row: Any) -> str:
        name = row.get("id") if isinstance(row, Mapping) else None
        return f"{self._where}: {key} {name or position}"

    def all_texts(self) -> dict[str, str]:
        """Every remaining key as text."""
        return {key: self.needed_text(key) for key in list(self._data)}

    def done(self) -> None:
        """Refuse keys that nobody asked for: a misspelt key must not be lost in silence."""
        if self._data:
            raise BadInputError(
                f"{self._place(next(iter(self._data)))} is not a known key; correct its spelling "
                "or remove it (docs/reference/scoring-methods.md lists the keys)"
            )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
