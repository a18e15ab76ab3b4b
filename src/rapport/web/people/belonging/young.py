"""How old somebody is, and whether they consent themselves: the practice's age says from when."""

from datetime import date, datetime

from rapport.web.people.models import Membership, Practice

OWN_YES = "own yes"  # a young person's own, beside a guardian's consent
TREATMENT = "treatment"
ABOUT = (TREATMENT, "recording", "research")


def age_at(born: date, day: date) -> int:
    """Full years on a day; who was born on 29 February has a birthday on 1 March elsewhere.

    >>> age_at(date(2010, 7, 7), date(2026, 7, 6)), age_at(date(2010, 7, 6), date(2026, 7, 6))
    (15, 16)
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def is_young(membership: Membership, *, at: datetime) -> bool:
    """Whether a guardian has to agree; not where the day of birth is not known."""
    born = _day(membership.person.get("born") or "")
    if born is None:
        return False
    consent_age = Practice.objects.values_list("consent_age", flat=True).get(
        pk=membership.practice_id
    )
    return age_at(born, at.date()) < consent_age


def _day(text: str) -> date | None:
    """A day of birth; what is no date is not known, so that a slip never closes a check-in."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def still_needed(membership: Membership, *, at: datetime) -> str | None:
    """Who has to agree to treatment before anybody is asked anything; None: nobody."""
    about = [c for c in membership.consents.all() if c.about == TREATMENT]
    holds = [c for c in about if c.withdrawn_at is None]
    if is_young(membership, at=at):
        return None if any(c.guardian is not None for c in holds) else "guardian"
    return "client" if about and not holds else None
