"""Count again, in the database, what people were told was kept."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

TABLES = {  # what one check-in leaves behind, once: rows by the id of the check-in
    "receipt": "SELECT occasion_id FROM checkins_receipt",
    "answers": "SELECT occasion_id FROM checkins_answers",
    "audit line": "SELECT thing_id FROM audit_entry WHERE deed = 'check-in received'",
}


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What was found.

    Attributes:
        acknowledged: check-ins whose writer saw the thanks.
        lost: of these, how many lack a receipt, answers or their line in the log.
        doubled: check-ins of which there is more than one of these.
    """

    acknowledged: int
    lost: int
    doubled: int

    def __str__(self) -> str:
        return (
            f"acknowledged {self.acknowledged:,}: {self.lost} lost, {self.doubled} doubled "
            "(receipts, answers and audit lines counted again)"
        )


def counted_again(acknowledged: Iterable[str], links: Mapping[str, UUID]) -> Kept:
    """Look for everything that these links' check-ins must have left behind."""
    expected = {links[token] for token in acknowledged}
    every = set(links.values())
    found = [Counter(one for one in _ids(sql) if one in every) for sql in TABLES.values()]
    lost = {one for one in expected if any(not rows[one] for rows in found)}
    doubled = {one for rows in found for one, times in rows.items() if times > 1}
    return Kept(acknowledged=len(expected), lost=len(lost), doubled=len(doubled))


def _ids(sql: str) -> Iterable[UUID]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        for (found,) in cursor.fetchall():
            yield UUID(str(found))
