"""``scales.toml``: what is known of scales that are no instruments of ours."""

import difflib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from rapport.files.faults import FaultLog, shown_name, shown_value
from rapport.science.records.scales import Role, Scale

_KEYS = tuple(f.name for f in fields(Scale) if f.name not in ("name", "validated"))
_TEXT = ("title", "low_label", "high_label", "source")
_POSITIVE = ("sd", "step", "functional_sd", "reliable_change_points")
_LARGEST = 1_000_000  # bytes (ours): a description of scales is a page or two


def read_scales(path: Path | str) -> dict[str, Scale]:
    """Read the scales described in a ``scales.toml`` (docs/reference/session-table.md).

    What is not stated stays unknown; nothing is guessed. Whether enough is known of a scale to
    read it is decided where its role is known.

    Args:
        path: a TOML file with one ``[scales.NAME]`` table per scale.

    Returns:
        Scales by name.

    Raises:
        TableFaults: with one line per fault: unknown keys, wrong kinds of value, a range without
            width, a reliability outside 0 to 1.
    """
    log = FaultLog(file=str(path))
    document = _toml(Path(path), log)
    described = document.get("scales")
    if not isinstance(described, dict) or not described or set(document) != {"scales"}:
        log.add(
            what="is not made of [scales.NAME] tables",
            do="start each scale with a line [scales.NAME]",
        )
        log.stop_if_any()
        return {}
    scales = {name: _scale(name, entry, log) for name, entry in described.items()}
    log.stop_if_any()
    return {name: scale for name, scale in scales.items() if scale is not None}


def _toml(path: Path, log: FaultLog) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            log.add(
                what="is larger than 1 MB, too large for a description of scales", do="check it"
            )
            log.stop_if_any()
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        log.add(what="no such file", do="check the name and the folder")
    except OSError as error:
        log.add(what=f"can't be opened ({error.strerror})", do="check that it is a file")
    except UnicodeDecodeError:
        log.add(what="is not UTF-8", do="save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        log.add(what=f"is not TOML: {error}", do="correct this line")
    log.stop_if_any()
    return {}


def _scale(name: str, entry: Any, log: FaultLog) -> Scale | None:
    if not isinstance(entry, dict):
        _note(log, name, None, "is not a table", f"write [scales.{shown_name(name)}]")
        return None
    before = log.total
    for key, value in entry.items():
        _check_value(name, key, value, log)
    if log.total > before:
        return None
    _check_together(name, entry, log)
    known: dict[str, Any] = {k: float(v) if _is_number(v) else v for k, v in entry.items()}
    return Scale(name=name, **known) if log.total == before else None


def _check_value(name: str, key: str, value: Any, log: FaultLog) -> None:
    if key not in _KEYS:
        near = difflib.get_close_matches(key, _KEYS, n=1)
        do = f"did you mean {near[0]}?" if near else f"use {', '.join(_KEYS)}"
        _note(log, name, key, "is not known", do)
    elif key == "role":
        if value not in get_args(Role):
            _note(log, name, key, f"is {shown_value(value)}", 'write "outcome" or "alliance"')
    elif key == "higher_is_better":
        if not isinstance(value, bool):
            _note(log, name, key, f"is {shown_value(value)}", "write true or false")
    elif key in _TEXT:
        if not isinstance(value, str):
            _note(log, name, key, f"is {shown_value(value)}", 'write text in "..."')
    elif not _is_number(value):
        _note(log, name, key, f"is {shown_value(value)}, not a number", "write a number")


def _check_together(name: str, entry: Mapping[str, Any], log: FaultLog) -> None:
    low, high = entry.get("minimum", -math.inf), entry.get("maximum", math.inf)
    if low >= high:
        _note(log, name, "maximum", f"is {high:g}, not above the minimum {low:g}", "correct them")
    if not 0 < entry.get("reliability", 0.5) < 1:
        _note(log, name, "reliability", f"is {entry['reliability']:g}", "it lies between 0 and 1")
    for key in _POSITIVE:
        if entry.get(key, 1) <= 0:
            _note(log, name, key, f"is {entry[key]:g}", "it is larger than 0")
    for key in ("clinical_cutoff", "functional_mean"):
        if not low <= entry.get(key, max(low, min(high, 0.0))) <= high:
            _note(log, name, key, f"is {entry[key]:g}, outside the scale", "correct it")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _note(log: FaultLog, name: str, key: str | None, what: str, do: str) -> None:
    place = f"scales.{name}" if key is None else f"scales.{name}.{key}"
    log.add(what=f"{shown_name(place)} {what}", do=do)
