"""What can go wrong with people and cases."""

from datetime import date

from rapport.web.core.errors import Refused


class NotAllowed(Refused):
    """A role does not allow it."""

    status = 403

    def __init__(self) -> None:
        super().__init__("Your role does not allow this. Ask whoever leads the practice.")


class WrongMembers(Refused):
    """The members do not fit the kind of case."""

    def __init__(self, kind: str, needed: str) -> None:
        super().__init__(f"A case of the kind {kind} has {needed}.")


class WrongState(Refused):
    """The thing is not in the state that the step needs."""

    status = 409

    def __init__(self, what: str, state: str, step: str) -> None:
        super().__init__(f"This {what} is {state}; it can't be {step}.")


class NoConsent(Refused):
    """Somebody who has to agree has not agreed yet."""

    def __init__(self, who: str) -> None:
        super().__init__(f"The {who} has not agreed yet. Note the consent first.")


class NotMadeUp(Refused):
    """What is only for made-up people was tried where real people may be."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "This practice is not marked as made up. Made-up people are never mixed with real "
            "ones: open a practice of its own for them with `rapport demo`."
        )


class LastInRole(Refused):
    """Nobody else could let people in or answer for the practice."""

    status = 409

    def __init__(self, role: str) -> None:
        super().__init__(
            f"Nobody else here has the role {role}. Give it to somebody else first; then it can be "
            "taken away."
        )


class KeptByLaw(Refused):
    """The records have to be kept for some time; until then nobody is forgotten."""

    status = 409

    def __init__(self, until: date) -> None:
        super().__init__(
            f"These records have to be kept until {until.isoformat()}. Until then nothing is "
            "deleted; from that day on this client can be forgotten."
        )


class OnlyTheLead(Refused):
    """More hangs on it than one therapist can see."""

    status = 403

    def __init__(self) -> None:
        super().__init__("Only whoever leads the practice can do this. Ask them.")
