"""What is refused around the sessions of a case."""

from datetime import datetime

from rapport.web.core.errors import Refused


class NotInThisCase(Refused):
    """A session is with a therapist who works in the case."""

    def __init__(self) -> None:
        super().__init__("Choose a therapist who works in this case.")


class TooMany(Refused):
    """A series has an end."""

    def __init__(self, most: int) -> None:
        super().__init__(f"Plan 1 to {most} sessions at once.")


class StillToCome(Refused):
    """Nobody can have come to what has not begun."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "This session has not begun yet. Mark it afterwards, move it, or call it off."
        )


class SayWhoCame(Refused):
    """A held session says of everybody expected whether they came."""

    def __init__(self) -> None:
        super().__init__(
            "Say of each person whether they came. If nobody did, mark the session as missed."
        )


class NoSuchTime(Refused):
    """The clocks jump over this time."""

    def __init__(self, typed: datetime, zone: str) -> None:
        super().__init__(
            f"{typed:%d %B %Y, %H:%M} does not exist in {zone}: the clocks go forward over it. "
            "Choose another time."
        )


class TwoSuchTimes(Refused):
    """The clocks go back, so this time comes twice; somebody has to say which is meant."""

    def __init__(self, typed: datetime, zone: str) -> None:
        super().__init__(
            f"{typed:%d %B %Y, %H:%M} comes twice in {zone}: the clocks go back. "
            "Say which of the two is meant."
        )
