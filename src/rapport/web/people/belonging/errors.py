"""What is refused around members, consents and therapists."""

from rapport.web.core.errors import Refused


class GuardianNeeded(Refused):
    """A young person's own consent does not stand alone."""

    def __init__(self, age: int) -> None:
        super().__init__(
            f"Below the age of {age} a guardian agrees, too. Write the guardian's name. The young "
            "person's own yes is noted beside it."
        )


class NotAConsent(Refused):
    """A consent is about one of a few things."""

    def __init__(self) -> None:
        super().__init__("Choose what was agreed to: treatment, recording, research or own yes.")


class LastTherapist(Refused):
    """A case without a therapist would be nobody's."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "Nobody else works in this case. Add a colleague first, or hand the case over."
        )


class MeetingsPlanned(Refused):
    """A therapist still meets this case."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "Sessions with this therapist are still planned. Hand them over or call them off first."
        )


class NotATherapist(Refused):
    """Only a therapist works in a case."""

    def __init__(self) -> None:
        super().__init__("Choose somebody who works here as a therapist.")
