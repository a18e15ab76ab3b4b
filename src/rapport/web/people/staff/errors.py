"""What can go wrong with those who work here."""

from rapport.web.core.errors import Refused


class LastInRole(Refused):
    """Nobody else could let people in or answer for the practice."""

    status = 409

    def __init__(self, role: str) -> None:
        super().__init__(
            f"Nobody else here has the role {role}. Give it to somebody else first; then it can be "
            "taken away."
        )


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


class AwayInThePast(Refused):
    """Away until a moment that has gone by."""

    def __init__(self) -> None:
        super().__init__("Choose a day after today: until then others are told instead.")
