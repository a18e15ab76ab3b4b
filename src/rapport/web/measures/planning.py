"""The lines of a plan, and the plan that every case has from the first minute."""

from dataclasses import dataclass, replace
from uuid import UUID

from rapport.web.measures.catalogue import GOALS, has_risk_item
from rapport.web.measures.errors import PlanUnclear

BEFORE, AFTER = "before", "after"
MOMENTS = (BEFORE, AFTER)
EACH_MEMBER, ONE_MEMBER, THERAPIST = "each member", "one member", "therapist"
WHO = (EACH_MEMBER, ONE_MEMBER, THERAPIST)
SEVERAL = ("couple", "family", "group")


@dataclass(frozen=True, kw_only=True)
class PlannedForm:
    """One line of a plan: what is asked, of whom, and at which sessions.

    Attributes:
        instrument: id of the form.
        moment: "before" or "after" the session.
        who: "each member" (of one client: that client), "one member" (then ``membership`` says
            which) or "therapist".
        every: at every n-th session, counted from the first one named.
        first_session, last_session: numbers of sessions, both included; None: until it is ended.
    """

    instrument: str
    moment: str
    who: str = EACH_MEMBER
    every: int = 1
    first_session: int = 1
    last_session: int | None = None
    membership: UUID | None = None

    def is_due(self, *, session_number: int) -> bool:
        """Whether it is asked at the session of this number."""
        last = session_number if self.last_session is None else self.last_session
        since = session_number - self.first_session
        return since >= 0 and since % self.every == 0 and session_number <= last

    def is_for(self, *, membership: UUID | None) -> bool:
        """Whether it is asked of this member; of the therapist for None."""
        if membership is None:
            return self.who == THERAPIST
        return self.who == EACH_MEMBER or (self.who == ONE_MEMBER and self.membership == membership)

    def check(self) -> None:
        """Refuse a line that contradicts itself.

        Raises:
            PlanUnclear: says what and what to do.
        """
        if self.moment not in MOMENTS or self.who not in WHO:
            raise PlanUnclear("Say before or after, and who: each member, one member, therapist.")
        if (self.who == ONE_MEMBER) != (self.membership is not None):
            raise PlanUnclear("Name the member if one member is asked, and nobody otherwise.")
        if self.every < 1 or self.first_session < 1:
            raise PlanUnclear("Sessions are counted from 1: every session, every 2nd, and so on.")
        if self.last_session is not None and self.last_session < self.first_session:
            raise PlanUnclear("The last session comes before the first one; swap them.")


# Before the session how things are: the GAD-7. Its text may be used by everybody, it takes a minute
# and a half, a reliable change is published for it, and none of its questions is about risk. The
# PHQ-9 has such a question (its ninth), so it can only be planned once somebody answers for it.
# Then the client's own goals, since a general measure never asks about what a person came for.
# After it our own check-in: no published alliance measure may be given away.
DEFAULT = (
    PlannedForm(instrument="gad-7", moment=BEFORE),
    PlannedForm(instrument=GOALS, moment=BEFORE),
    PlannedForm(instrument="rapport-checkin-client", moment=AFTER),
    PlannedForm(instrument="rapport-checkin-therapist", moment=AFTER, who=THERAPIST),
)
MEMBER_FORM = {"rapport-checkin-client": "rapport-checkin-member"}

# The members' check-in asks whether it felt safe to speak with the others there. Until somebody is
# named to answer that, members get the client's: the same eight questions, so totals go on.
WITHOUT_RISK = {"rapport-checkin-member": "rapport-checkin-client"}


def default_plan(*, kind: str) -> tuple[PlannedForm, ...]:
    """What is planned in a case of this kind where nobody has planned anything.

    >>> [line.instrument for line in default_plan(kind="couple")][2]
    'rapport-checkin-member'
    """
    if kind not in SEVERAL:
        return DEFAULT
    return tuple(
        replace(line, instrument=MEMBER_FORM.get(line.instrument, line.instrument))
        for line in DEFAULT
    )


def asked_instead(instrument: str, *, risk_open: bool) -> str | None:
    """The form itself; while questions about risk are locked its counterpart without, or None."""
    if risk_open or not has_risk_item(instrument):
        return instrument
    return WITHOUT_RISK.get(instrument)
