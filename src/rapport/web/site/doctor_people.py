"""What may be wrong, or is still to be decided, in a practice: its people, its log, its key."""

import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta

from rapport.web.audit import anchors, guards
from rapport.web.audit.queries import lines
from rapport.web.core import environment
from rapport.web.people.staff.queries import cases_without_therapist, roles_filled
from rapport.web.safety.queries import missing_for_risk_questions
from rapport.web.site.finding import Finding

LATE = timedelta(hours=25)  # lodging is due every hour; a day's patience for machines that sleep


def findings_in_practice(*, at: datetime) -> Iterator[Finding]:
    """Everything there is to look at."""
    yield _guards()
    yield _anchors()
    yield _lodging(at)
    yield _response_plan(at)
    yield _managers()
    yield _roles()
    yield _cases()


def printed_key(typed: str) -> Finding:
    """Compare the key that somebody typed from paper with the one in use; neither is shown."""
    what = "the printed key is the one in use"
    plain = "".join(typed.split()).replace("-", "").lower()
    try:
        same = hmac.compare_digest(bytes.fromhex(plain), environment.key("RAPPORT_PRACTICE_KEY"))
    except ValueError:
        same = False
    except environment.Misconfigured as fault:
        return Finding(what=what, wrong=str(fault), do="set the key that `rapport init` printed")
    if same:
        return Finding(what=what)
    return Finding(
        what=what,
        wrong="it is another one, or mistyped",
        do="type it once more; if it stays so, print the key in use anew and lock that away",
    )


def _guards() -> Finding:
    what = "the database refuses to change the audit log"
    down = guards.missing()
    if down:
        return Finding(
            what=what,
            wrong=f"{', '.join(down)} is missing",
            do="run `rapport verify-audit`, find out who took it down, then restore",
        )
    return Finding(what=what)


def _anchors() -> Finding:
    what = "the audit log holds what was lodged outside"
    wrong = anchors.wrong_anchor()
    if wrong:
        return Finding(what=what, wrong=wrong, do="run `rapport verify-audit`")
    return Finding(what=what)


def _lodging(at: datetime) -> Finding:
    """Lodging is late only where something was written since and has waited long."""
    what = "the newest hash of the audit log is lodged outside every hour"
    outside = anchors.lodged().lodged
    since = outside[-1].at if outside else None
    waiting = lines(since=since, until=at - LATE, most=1)
    if waiting and (since is None or at - since > LATE):
        last = f"last on {since:%Y-%m-%d %H:%M} UTC" if since else "never yet"
        return Finding(what=what, wrong=last, do="start `rapport worker`")
    return Finding(what=what)


def _response_plan(at: datetime) -> Finding:
    what = "somebody answers when a client may be at risk"
    missing = missing_for_risk_questions(at=at)
    if missing:
        return Finding(
            what=what,
            to_do=f"such questions stay closed; still missing: {', '.join(missing)}",
            do="in the application: Practice, A person at risk",
        )
    return Finding(what=what)


def _managers() -> Finding:
    what = "more than one person can let others in"
    count = roles_filled().managers
    if count == 0:
        do = "run `rapport create-admin EMAIL`"
        return Finding(what=what, wrong="nobody can", do=do)
    if count == 1:
        return Finding(
            what=what,
            to_do="only one can; if that device is lost, only this server helps",
            do="give a second person the role Administrator or Practice lead",
        )
    return Finding(what=what)


def _roles() -> Finding:
    what = "each role has somebody"
    empty = roles_filled().empty
    if empty:
        return Finding(
            what=what,
            to_do=f"nobody is {', '.join(empty)}",
            do="in the application: Practice, Staff; a small practice may leave it so",
        )
    return Finding(what=what)


def _cases() -> Finding:
    what = "every open case has a therapist who works here"
    orphaned = cases_without_therapist()
    if orphaned:
        return Finding(
            what=what,
            wrong=f"{orphaned} have none, so nobody reads what those clients write",
            do="in the application: Practice, Staff, who left: hand their cases over",
        )
    return Finding(what=what)
