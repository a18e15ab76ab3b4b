"""Markup: elements with escaped text, and numbers written short."""

import re
from functools import cache, lru_cache
from html import escape

# Characters that XML forbids, and the controls that could steer a terminal or hide text.
_FORBIDDEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_UNSEEN = re.compile(f"[{_FORBIDDEN}]")
_NOT_AS_IT_IS = re.compile(f"[&<>\"'{_FORBIDDEN}]")  # most words have none: one look tells
SANS = 0.56  # mean width of a character in em, measured on Noto Sans; for placing labels
SERIF = 0.5


def clean(text: str) -> str:
    """Text without control, bidirectional-override and lone surrogate characters.

    >>> clean("a\\x1b[31mb")
    'a[31mb'
    """
    return _UNSEEN.sub("", text)


@lru_cache(maxsize=4096)  # the same coordinates and sessions come again on every page
def number(value: float, *, digits: int = 1) -> str:
    """A number as short as it can be read: no trailing zeros, a true minus sign.

    >>> number(4.0), number(2.25), number(-3.0)
    ('4', '2.2', '−3')
    """
    short = f"{value:.{digits}f}"
    if "." in short:
        short = short.rstrip("0").rstrip(".")
    if short[0] != "-":
        return short
    return "0" if short == "-0" else f"−{short[1:]}"


def element(name: str, *children: str, **attributes: str | float | None) -> str:
    """One element; children are markup, attribute values are escaped, ``None`` is left out.

    Underscores in names become hyphens; a trailing one is dropped (``class_``).

    >>> element("g", element("title", text("1 < 2")), class_="mark")
    '<g class="mark"><title>1 &lt; 2</title></g>'
    """
    parts = [
        f'{_start_of(key)}{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    ]
    inside = "".join(children)
    body = f">{inside}</{name}>" if inside else "/>"
    return f"<{name}{''.join(parts)}{body}"


@cache
def _start_of(key: str) -> str:
    return f' {key.rstrip("_").replace("_", "-")}="'


def text(words: str) -> str:
    """Words as markup: escaped and without control characters."""
    return escape(clean(words)) if _NOT_AS_IT_IS.search(words) else words


def label(
    words: str, *, x: float, y: float, class_: str = "soft", anchor: str | None = None
) -> str:
    """Words written into a picture; ``anchor`` is start (default), middle or end."""
    placed = "" if anchor is None else f' text-anchor="{anchor}"'
    told = text(words)
    body = f">{told}</text>" if told else "/>"
    return f'<text x="{_short(x)}" y="{_short(y)}" class="{text(class_)}"{placed}{body}'


def figure(
    *children: str,
    id: str,
    title: str,
    description: str,
    width: float,
    height: float,
    class_: str,
    columns: str = "",
) -> str:
    """The picture itself, named for screen readers by its title and description.

    A picture with columns that take the focus is a group of them, and its drawing is hidden from
    screen readers: the columns say all that it shows. Without columns it is one image.
    """
    drawing = element("g", *children, aria_hidden="true") if columns else "".join(children)
    return element(
        "svg",
        element("title", text(title), id=f"{id}-t"),
        element("desc", text(description), id=f"{id}-d"),
        drawing,
        columns,
        class_=f"picture {class_}",
        role="group" if columns else "img",
        aria_labelledby=f"{id}-t",
        aria_describedby=f"{id}-d",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
    )


def polyline(points: list[tuple[float, float]], *, class_: str) -> str:
    """A line through points."""
    return element("polyline", points=_points(points), class_=class_)


def polygon(points: list[tuple[float, float]], *, class_: str) -> str:
    """A filled shape."""
    return element("polygon", points=_points(points), class_=class_)


def stroke(x1: float, y1: float, x2: float, y2: float, *, class_: str) -> str:
    """A straight line."""
    ends = f'x1="{_short(x1)}" y1="{_short(y1)}" x2="{_short(x2)}" y2="{_short(y2)}"'
    return f'<line {ends} class="{_named(class_)}"/>'


def disc(x: float, y: float, *, r: float, class_: str) -> str:
    """A disc around a point."""
    place = f'cx="{_short(x)}" cy="{_short(y)}" r="{_short(r)}"'
    return f'<circle {place} class="{_named(class_)}"/>'


@cache
def _named(class_: str) -> str:
    return text(class_)


def _points(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _value(value: str | float) -> str:
    return text(value) if isinstance(value, str) else _short(value)


@lru_cache(maxsize=4096)
def _short(value: float) -> str:
    unsigned = value + 0.0  # else a zero would be written as the one that came first
    return f"{unsigned:.1f}".removesuffix(".0")
