"""Find instruments: those that come with Rapport, and the practice's own wording.

The loader's rule decides which wording is shown (`Instrument.text_may_show`). A practice keeps
its own wording, with the signed statement beside it, in a folder named by an argument or by
RAPPORT_INSTRUMENTS::

    practice.toml             noncommercial = true, declared_by = "...", declared_on = 2026-01-31
    wai-sr-client.toml        the practice's own text for a skeleton
    wai-sr-client.statement.pdf
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import tomli_w

from rapport.files.translations import translated, translations_of
from rapport.files.whole import whole_file
from rapport.science.errors import BadInputError
from rapport.science.scoring.checks import faults_of
from rapport.science.scoring.fill import fill
from rapport.science.scoring.instrument import Instrument
from rapport.science.scoring.read import instrument_from, parse_toml, read_instrument

PACKAGED = Path(__file__).resolve().parent.parent / "instruments"
PACK = "rapport_noncommercial"
PRACTICE = "practice.toml"


def noncommercial_pack() -> Path | None:
    """The folder of the non-commercial texts: a package of its own, absent unless installed."""
    found = find_spec(PACK)
    return None if found is None or found.origin is None else Path(found.origin).parent


def practice_folder(folder: Path | None = None) -> Path | None:
    """The practice's own folder: the argument, else RAPPORT_INSTRUMENTS, else none."""
    named = os.environ.get("RAPPORT_INSTRUMENTS")
    return folder or (Path(named) if named else None)


def declares_noncommercial(folder: Path | None = None) -> bool:
    """Whether the practice has declared in its folder that its use is non-commercial."""
    home = practice_folder(folder)
    if home is None or not (home / PRACTICE).is_file():
        return False
    return parse_toml(text=_read(home / PRACTICE), name=PRACTICE).get("noncommercial") is True


def state_of_texts(folder: Path | None = None) -> tuple[object, ...]:
    """Changes whenever a text may have changed, so that what was read can be kept until then.

    The practice's files may change at any time; ours only with another version of Rapport.
    """
    home = practice_folder(folder)
    if home is None or not home.is_dir():
        return (PACKAGED, home)
    return (PACKAGED, home, *sorted((p.name, p.stat().st_mtime_ns) for p in home.iterdir()))


def available(*, folder: Path | None = None, noncommercial: bool = False) -> list[str]:
    """Names of all instruments that can be loaded, in alphabetical order."""
    return sorted(_places(folder, noncommercial=noncommercial))


def switched_off(*, folder: Path | None = None, noncommercial: bool = False) -> list[str]:
    """Names of the non-commercial pack where that use has not been declared."""
    known = available(folder=folder, noncommercial=noncommercial)
    return sorted(set(_texts(noncommercial_pack())) - set(known))


def load_instrument(
    name: str,
    *,
    folder: Path | None = None,
    noncommercial: bool = False,
    language: str | None = None,
) -> Instrument:
    """One instrument by name; its wording only where it may be shown.

    Args:
        name: the id, ``phq-9``.
        folder: the practice's own; default RAPPORT_INSTRUMENTS.
        noncommercial: the practice declares non-commercial use (or says so in its folder).
        language: code of one of `languages_of`; default that of the file.

    Raises:
        BadInputError: no such instrument or translation, or a file that can't be used.
    """
    declared = noncommercial or declares_noncommercial(folder)
    path = _place(name, folder, noncommercial=declared)
    instrument = _parsed(path, path.stat().st_mtime_ns)
    if language is not None:
        data = translated(parse_toml(text=_read(path), name=path.name), language)
        instrument = instrument_from(data, name=path.name)
    if translations_of(name):
        instrument = replace(instrument, languages_available=_languages(instrument))
    if instrument.text_may_show(noncommercial=declared):
        return instrument
    return instrument.without_text()


def languages_of(name: str, *, folder: Path | None = None) -> tuple[str, ...]:
    """Languages an instrument has a text in, that of its file first."""
    return (load_instrument(name, folder=folder).language, *translations_of(name))


def definition_of(name: str, *, language: str, folder: Path | None = None) -> str:
    """A whole instrument as TOML text in one language, to be kept as it was when it was used.

    Raises:
        BadInputError: no such instrument or translation, or its wording may not be shown.
    """
    declared = declares_noncommercial(folder)
    path = _place(name, folder, noncommercial=declared)
    if not _parsed(path, path.stat().st_mtime_ns).text_may_show(noncommercial=declared):
        raise BadInputError(f"{name}: only its structure is here; add the text you may use")
    return tomli_w.dumps(translated(parse_toml(text=_read(path), name=path.name), language))


def _place(name: str, folder: Path | None, *, noncommercial: bool) -> Path:
    places = _places(folder, noncommercial=noncommercial)
    if name not in places:
        raise BadInputError(_unknown(name, places))
    return places[name]


def _languages(instrument: Instrument) -> str:
    return ", ".join(sorted({"en", *translations_of(instrument.id)}))


def _unknown(name: str, places: dict[str, Path]) -> str:
    if name in _texts(noncommercial_pack()):
        return (
            f"instrument {name!r} is free for non-commercial use only and is off; declare that "
            "use with --noncommercial or in the practice's folder"
        )
    near = [known for known in places if known.startswith(name[:3].lower())]
    hint = f"did you mean {', '.join(near)}?" if near else "see rapport instruments list"
    absent = "; the non-commercial pack is not installed" if noncommercial_pack() is None else ""
    return f"no instrument {name!r}; {hint}{absent}"


def _texts(home: Path | None) -> dict[str, Path]:
    """File of each instrument in a folder of ours."""
    return {} if home is None else {path.stem: path for path in home.glob("*.toml")}


def _places(folder: Path | None, *, noncommercial: bool) -> dict[str, Path]:
    """File of each instrument; the practice's own wording stands before the skeleton."""
    found = _texts(PACKAGED)
    if noncommercial or declares_noncommercial(folder):
        found |= _texts(noncommercial_pack())
    home = practice_folder(folder)
    if home is not None:
        found |= {path.stem: path for path in _own(home)}
    return found


def _own(home: Path) -> Iterator[Path]:
    if not home.is_dir():
        raise BadInputError(f"{home}: no such folder; correct RAPPORT_INSTRUMENTS or --folder")
    for path in sorted(home.glob("*.toml")):
        if path.name == PRACTICE:
            continue
        if not any(home.glob(f"{path.stem}.statement*")):
            raise BadInputError(
                f"{path}: no signed statement beside it; add the text with "
                "`rapport instruments add FILE --statement FILE`"
            )
        yield path


@lru_cache(maxsize=256)
def _parsed(path: Path, changed: int) -> Instrument:  # noqa: ARG001 - a changed file is read anew
    instrument = read_instrument(text=_read(path), name=path.name)
    own = path.parent not in (PACKAGED, noncommercial_pack())
    if instrument.own_text and not own:
        raise BadInputError(f"{path.name}: own_text belongs to a practice's file; remove it")
    return instrument


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path}: can't be read as text: {error}; save it as UTF-8") from error


def check_file(path: Path) -> list[str]:
    """Every fault of an instrument file, empty if it can be used.

    A file that fills a skeleton (it has our id) is checked as filled.
    """
    try:
        filled = instrument_from(_filled(path), name=path.name)
    except BadInputError as error:
        return [str(error)]
    return faults_of(instrument=filled)


def add_instrument(path: Path, *, statement: Path, folder: Path | None = None) -> Path:
    """Keep a practice's own text, with the signed statement beside it.

    Nothing is written unless the text can be used; what is written appears whole or not at all.

    Args:
        path: TOML with the id of a skeleton and the wording, or a complete instrument.
        statement: the signed "we hold the right to use it", any kind of file.
        folder: where to keep it; default RAPPORT_INSTRUMENTS.

    Returns:
        The file that was written.

    Raises:
        BadInputError: a fault of the file, an empty or missing statement, or no folder named.
    """
    home = practice_folder(folder)
    if home is None:
        raise BadInputError("no folder for the practice's text; set RAPPORT_INSTRUMENTS")
    if not statement.is_file() or statement.stat().st_size == 0:
        raise BadInputError(f"{statement}: no signed statement there; give the signed file")
    faults = check_file(path)
    if faults:
        raise BadInputError("\n".join(faults))
    data = _filled(path)
    home.mkdir(parents=True, exist_ok=True)
    kept = home / f"{data['id']}.toml"
    # The statement first: text without one is never found in the folder.
    _keep(statement.read_bytes(), home / f"{data['id']}.statement{statement.suffix}")
    _keep(tomli_w.dumps(data).encode("utf-8"), kept)
    return kept


def _keep(content: bytes, target: Path) -> None:
    with whole_file(target) as file:
        file.write(content)


def _filled(path: Path) -> dict[str, object]:
    """The tables of a practice's file, laid over our skeleton where the id is one of ours."""
    given = parse_toml(text=_read(path), name=path.name)
    skeleton = _packaged(str(given.get("id", "")))
    if skeleton is None:
        return {**given, "own_text": True}
    ours = parse_toml(text=_read(skeleton), name=skeleton.name)
    return fill(skeleton=ours, given=given, name=path.name)


def _packaged(name: str) -> Path | None:
    return (_texts(PACKAGED) | _texts(noncommercial_pack())).get(name)
