"""What can go wrong with those who work here."""

from rapport.web.core.errors import Refused


class NoRole(Refused):
    """Somebody without a role could do nothing here."""

    def __init__(self) -> None:
        super().__init__(
            "Choose a role at least. If somebody does not work here any more, let them go instead."
        )


class AddressTaken(Refused):
    """Two people can't sign in with one address."""

    status = 409

    def __init__(self) -> None:
        super().__init__("Somebody else here has this e-mail address. Each needs their own.")


class StillHere(Refused):
    """Whoever works here hands over their own cases."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "They still work here and hand over their own cases. This is for those who have left."
        )


class NoTherapistHere(Refused):
    """Only a therapist of the practice takes over a case."""

    def __init__(self) -> None:
        super().__init__("Choose another therapist who works here.")


class AwayInThePast(Refused):
    """Away until a moment that has gone by."""

    def __init__(self) -> None:
        super().__init__("Choose a day after today: until then others are told instead.")
