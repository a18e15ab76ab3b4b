"""What is refused around the sessions of a case."""

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
