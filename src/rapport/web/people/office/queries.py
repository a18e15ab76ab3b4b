"""What whoever leads or keeps the practice asks of it."""

from dataclasses import dataclass
from uuid import UUID

from rapport.web.core.access import current_practice
from rapport.web.core.errors import NotHere
from rapport.web.people.models import Attendance, Membership, Person, Practice
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May

SHORT = 8  # so many characters of a number tell clients of a practice apart


@dataclass(frozen=True, kw_only=True)
class PracticeSettings:
    """What can be changed about the practice, with the version an edit has to have seen."""

    name: str
    zone: str
    language: str
    consent_age: int
    version: int


def practice_settings(*, reader: Reader) -> PracticeSettings:
    """The practice as whoever leads or keeps it may change it."""
    reader.must(May.MANAGE_SETTINGS)
    only = Practice.objects.get(pk=current_practice())
    return PracticeSettings(
        name=only.name,
        zone=only.zone,
        language=only.language,
        consent_age=only.consent_age,
        version=only.version,
    )


def number_of(membership: UUID) -> str:
    """The number under which the log knows a client: the id, which says nothing by itself."""
    return str(Membership.one(membership).person_id)


def trail_of(client: str, *, reader: Reader) -> list[str]:
    """Ids under which the log tells of a client, the client's own first.

    Args:
        client: the number of a client, or its beginning, at least eight characters.

    Raises:
        NotHere: no client or several begin so. A whole number is always good: the log still tells
            of a client who was forgotten.
    """
    reader.must(May.READ_AUDIT)
    person = _whole(client.lower().strip())
    joined = Membership.objects.filter(person_id=person)
    rows = [
        *joined.values_list("pk", "case_id"),
        *Attendance.objects.filter(membership__in=joined).values_list("pk", "session_id"),
    ]
    return [person, *dict.fromkeys(str(one) for row in rows for one in row)]


def _whole(wanted: str) -> str:
    if len(wanted) < SHORT:
        raise NotHere("client")
    everybody = (str(pk) for pk in Person.objects.values_list("pk", flat=True))
    found = [person for person in everybody if person.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    try:
        return str(UUID(wanted))
    except ValueError as fault:
        raise NotHere("client") from fault
