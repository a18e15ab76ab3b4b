"""A result that can explain itself: it names its method, settings, uncertainty and paper."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Result:
    """Base of everything the science returns.

    Attributes:
        method: name of the method in words, with the variant where several exist.
        settings: every choice that changes the numbers, by name.
        papers: where the method and its constants come from, each as text with DOI or page.
        notes: limits a reader needs beside the numbers ("singular fit", "SD of this sample").

    >>> @dataclass(frozen=True, kw_only=True)
    ... class Mean(Result):
    ...     mean: float
    ...     lower: float
    ...     upper: float
    >>> print(Mean(method="Mean with 95 % interval", mean=2.0, lower=1.5, upper=2.5))
    Mean with 95 % interval
      mean   2
      lower  1.5
      upper  2.5
    """

    method: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    papers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain Python values; NaN and infinities become None."""
        return {f.name: plain(getattr(self, f.name)) for f in fields(self)}

    def to_json(self) -> str:
        """The same as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    def to_text(self) -> str:
        """The result in words for a terminal; subclasses may say more."""
        shown = [f.name for f in fields(self) if f.name not in _ABOUT]
        width = max((len(name) for name in shown), default=0)
        lines = [
            f"  {name.replace('_', ' '):{width}}  {_short(getattr(self, name))}" for name in shown
        ]
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join([self.method, *lines])

    def __str__(self) -> str:
        return self.to_text()


_ABOUT = {"method", "settings", "papers", "notes"}


def plain(value: Any) -> Any:
    """Turn arrays, NumPy scalars and nested results into plain Python values.

    >>> plain({"a": np.array([1.0, np.nan])})
    {'a': [1.0, None]}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.size > 6:
        return f"{value.size} values, shape {value.shape}"
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    return str(value)
