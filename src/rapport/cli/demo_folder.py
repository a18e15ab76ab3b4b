"""The folder of the made-up practice: made anew each day, and never a folder of anything else."""

import json
import os
import shutil
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

MARK = "made-up.json"
NOT_OURS = """{folder} is there already, with something else in it. Nothing was changed.
Name another folder: rapport demo --folder FOLDER"""


def at_home_in(folder: Path) -> None:
    """Let this process, and those it starts, live in this folder and know of no other practice."""
    from rapport.cli.installation import leave

    if folder.exists() and not (folder / MARK).is_file() and _holds_something(folder):
        leave(NOT_OURS.format(folder=folder))
    for name in [name for name in os.environ if name.startswith("RAPPORT_")]:
        del os.environ[name]
    os.environ |= {"RAPPORT_HOME": str(folder.resolve()), "RAPPORT_DEMO": "on"}


def is_of_today(folder: Path) -> bool:
    """Whether a whole practice stands there, made today and by this version."""
    try:
        found = json.loads((folder / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(found == _of_today())


def make_anew(folder: Path) -> None:
    """Make the practice; one that was begun and not ended is known by its mark, and made again."""
    from rapport.cli.installation import home, load
    from rapport.web.site.new_keys import make_keys

    home()  # what is written from here on is for its owner alone
    _empty(folder)
    mark = folder / MARK
    mark.write_text("{}", "utf-8")
    make_keys(folder)
    load()
    from rapport.web.core.clock import now
    from rapport.web.site.beginning import update_database
    from rapport.web.site.made_up.build import build

    update_database()
    made = _of_today()
    build(at=now())
    mark.write_text(json.dumps(made), "utf-8")


def _empty(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)
        else:
            old.unlink()


def _holds_something(folder: Path) -> bool:
    return not folder.is_dir() or any(folder.iterdir())


def _of_today() -> dict[str, str]:
    from rapport.web.site.made_up.day import day_of

    return {"day": day_of(datetime.now(UTC)).isoformat(), "shape": _shape()}


def _shape() -> str:
    """Changes when the database's shape does, or what is made up."""
    import rapport.web

    web = Path(rapport.web.__file__).parent
    sources = [*web.glob("*/migrations/*.py"), *web.glob("site/made_up/*.py")]
    whole = sha256()
    for source in sorted(sources):
        whole.update(f"{source.relative_to(web)}\n".encode() + source.read_bytes())
    return whole.hexdigest()[:16]
