"""Change the practice itself."""

from datetime import datetime

from django.db import transaction

from rapport.web.audit.actions import record
from rapport.web.core.access import current_practice
from rapport.web.core.errors import Stale
from rapport.web.people.models import Practice
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May


@transaction.atomic
def change_practice(
    *,
    name: str,
    zone: str,
    language: str,
    consent_age: int,
    seen: int,
    reader: Reader,
    at: datetime,
) -> None:
    """Change what the practice is called, its zone and language, and from when the young consent.

    Raises:
        Stale: somebody else changed it since version ``seen``.
    """
    reader.must(May.MANAGE_SETTINGS)
    told = {"name": name, "zone": zone, "language": language, "consent_age": consent_age}
    mine = Practice.objects.filter(pk=current_practice())
    before = mine.values(*told).get()
    changed = sorted(field for field in told if told[field] != before[field])
    if not mine.filter(version=seen).update(version=seen + 1, **told):
        raise Stale("practice")
    record(
        deed="practice changed",
        thing="practice",
        thing_id=str(current_practice()),
        by=reader.by,
        at=at,
        fields=", ".join(changed),
    )
