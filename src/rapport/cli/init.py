"""``rapport init``: five questions, then a practice that runs."""

import os
import re
import stat
from pathlib import Path
from typing import Annotated

import typer

YOU = re.compile(r"^(?P<name>[^<>@]+?)\s*<(?P<email>[^<>@\s]+@[^<>@\s]+)>$")
WRITTEN = """
{practice} is set up in {home}

1. Write this key down, on paper, and lock it away with nothing else:

   {key}

   It opens every client's words. It also stands in practice.key, for your eyes only; without it
   nobody can read anything any more, us included. Backups never hold it.

2. Start the practice:

   rapport serve

3. Come in, once, within a day; then set up your passkey:

   {address}

Questions about risk stay locked until the practice has said who answers them.
"""
OPEN = """
Others on this machine may open {home}, and what lay there before was left as it was. Close it:

   chmod -R go= {home}
"""


def init(
    practice: Annotated[str, typer.Option(prompt="1. Name of the practice")],
    zone: Annotated[str, typer.Option(prompt="2. Time zone, as Europe/Berlin")],
    language: Annotated[str, typer.Option(prompt="3. Language: en, es or de")],
    consent_age: Annotated[
        int, typer.Option(min=0, max=25, prompt="4. From which age do the young consent themselves")
    ],
    you: Annotated[
        str, typer.Option(metavar="NAME<EMAIL>", prompt="5. You, as Your Name <you@example.org>")
    ],
) -> None:
    """Set up a practice in this folder, or in the one that RAPPORT_HOME names."""
    from rapport.cli.installation import home, leave, load

    known = YOU.match(you.strip())
    if known is None:
        leave(f"{you!r}: write your name and address as Your Name <you@example.org>")
    if language not in ("en", "es", "de"):
        leave(f"{language!r}: choose en, es or de")
    place = home()
    closed = _for_its_owner(place)
    key = _keys()
    load()
    from rapport.web.core.clock import now
    from rapport.web.site.beginning import Wished, begin, is_begun, is_zone, update_database

    if not is_zone(zone):
        leave(f"{zone!r} is no time zone; write one like Europe/Berlin")
    update_database()
    if is_begun():
        leave("a practice lives here already; start it with `rapport serve`")
    wished = Wished(
        practice=practice,
        zone=zone,
        language=language,
        consent_age=consent_age,
        **known.groupdict(),
    )
    token = begin(wished, at=now())
    from rapport.cli.create_admin import address_of

    shown = {"practice": practice, "home": place.resolve(), "key": key}
    typer.echo(WRITTEN.format(address=address_of(token), **shown))
    if not closed:
        typer.echo(OPEN.format(home=place.resolve()))


def _for_its_owner(place: Path) -> bool:
    """Whether nobody but its owner may open the folder; a new or empty one is closed first."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        if not any(place.iterdir()):
            place.chmod(0o700)
    except OSError:
        return False  # somebody else's folder: said at the end
    return not stat.S_IMODE(place.stat().st_mode) & 0o077


def _keys() -> str:
    """Keys of the environment are used; without any, new ones are made."""
    from rapport.cli.installation import home

    if "RAPPORT_PRACTICE_KEY" in os.environ or "RAPPORT_PRACTICE_KEY_FILE" in os.environ:
        return "(the one in RAPPORT_PRACTICE_KEY)"
    found = home() / "practice.key"
    if found.exists():
        return found.read_text("utf-8").strip()
    from rapport.web.site.new_keys import make_keys

    return make_keys(home())
