"""What each section of a page holds: a finding in words, its picture twice, its table."""

from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True, kw_only=True)
class Table:
    """The numbers of a picture; the first column heads each row."""

    caption: str
    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One row of a page: the finding in a sentence, the picture, its limits, its table.

    Attributes:
        title: the finding in a sentence.
        measured: what was measured, in small type.
        wide, compact: the picture for desktops and print, and for phones.
        limit: what stands under the picture.
        how: the rules, one tap away.
    """

    title: str
    measured: str
    wide: Markup
    compact: Markup
    limit: str
    how: list[str] = field(default_factory=list)
    table: Table | None = None
