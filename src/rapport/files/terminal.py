"""The summary in the terminal: who needs attention first, with the reason in words."""

from collections.abc import Sequence
from itertools import islice

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from rapport.files.report.caseload import NO_CHANGE
from rapport.files.report.headline import headline
from rapport.pictures.svg import clean, number
from rapport.science.reading.model import ClientReading, Reading
from rapport.science.reading.sentences import person

REASONS = 3


def print_summary(reading: Reading, *, console: Console, limit: int = 12) -> None:
    """Print whom to think about, why, and what could not be read.

    Args:
        reading: what was read; its clients stand in the order of attention.
        console: where to print.
        limit: how many clients are named; the rest is counted.
    """
    everyone = len(reading.clients)
    asking = _how_many_ask(reading)
    named = list(islice((c for c in reading.clients if _current(c)), min(max(limit, 1), asking)))
    begin = _to_begin_with(reading)
    one_each = bool(reading.summary.get("one_rating_each"))
    said = _headline(named, asking, everyone, begin, one_each=one_each)
    _say(console, said, style="bold")
    for client in begin:
        _print_client(client, console, reasons=[headline(client, reading)])
    for client in named[:limit]:
        _print_client(client, console, reasons=_current(client))
    for line in _closing(asking, everyone - len(begin), limit):
        console.print()
        _say(console, line)
    for warning in reading.warnings:
        _say(console, f"Note: {warning}", style="dim")


def _how_many_ask(reading: Reading) -> int:
    """Counted with the reading; a reading of a large table isn't cut out whole to count again."""
    counted = reading.summary.get("asking_for_attention")
    return sum(bool(_current(c)) for c in reading.clients) if counted is None else int(counted)


def _to_begin_with(reading: Reading) -> list[ClientReading]:
    """Whom the reader asked to stand first though nothing asks for attention."""
    first = reading.settings.get("first", [])
    pinned = islice(reading.clients, len(first))
    return [c for c in pinned if c.client in first and not _current(c)]


def _headline(
    named: Sequence[ClientReading],
    asking: int,
    everyone: int,
    begin: Sequence[ClientReading],
    *,
    one_each: bool,
) -> str:
    if not everyone:
        return "No course has been read yet."
    if begin:
        return f"Begin with {' and '.join(person(c.client) for c in begin)}. {_then(named, asking)}"
    if not named:
        return NO_CHANGE if one_each else "Nothing in the latest answers asks for attention."
    if asking == 1:
        return f"{person(named[0].client)} first."
    return f"{person(named[0].client)} first. Then {asking - 1:,} more worth a thought."


def _then(named: Sequence[ClientReading], asking: int) -> str:
    if not named:
        return "Nothing in the latest answers asks for attention."
    if asking == 1:
        return f"Then {person(named[0].client)} is worth a thought."
    return f"Then {person(named[0].client)} and {asking - 1:,} more are worth a thought."


def _print_client(client: ClientReading, console: Console, *, reasons: Sequence[str]) -> None:
    console.print()
    heading = Text(clean(person(client.client)), style="bold")
    if client.last_session is not None:
        heading.append(f"  session {number(client.last_session)}", style="not bold dim")
    console.print(heading, soft_wrap=False)
    for sentence in reasons[:REASONS]:
        _say(console, sentence, indent=2)
    if len(reasons) > REASONS:
        _say(console, f"{len(reasons) - REASONS} more in the report.", indent=2, style="dim")
    for words in client.words:
        if words.session == client.last_session:
            _say(console, f"“{words.text}”", indent=2, style="italic")


def _current(client: ClientReading) -> list[str]:
    """The reasons of now in words, most urgent first, each once."""
    signals = sorted((s for s in client.signals if s.current), key=lambda s: s.rank)
    return list(dict.fromkeys(signal.sentence for signal in signals))


def _closing(asking: int, everyone: int, limit: int) -> list[str]:
    said = []
    if asking > limit:
        said.append(f"{asking - limit:,} more ask for attention: see the report or the JSON.")
    quiet = everyone - asking
    if quiet:
        where = "For the one other client" if quiet == 1 else f"For the other {quiet:,} clients"
        where = where if asking else f"Read: {quiet:,} client{'s' if quiet > 1 else ''}. For all"
        said.append(
            f"{where} nothing in the answers asks for attention. "
            "That is not the same as nothing being there."
        )
    return said


def _say(console: Console, words: str, *, indent: int = 0, style: str = "") -> None:
    """Words as text, never as markup: a name may hold brackets or control characters."""
    console.print(Padding(Text(clean(words), style=style), (0, 0, 0, indent)))
