"""Errors that a person may be told, and one that only a programmer should ever meet."""


class Refused(Exception):
    """Something can't be done; the text says what and what to do, and holds no content."""

    status = 400
    title = ""  # of its page; "": that of the status


class NotHere(Refused):
    """There is no such thing, or it is not yours: both get this answer, so neither is told."""

    status = 404

    def __init__(self, what: str = "page") -> None:
        super().__init__(f"There is no such {what} here.")


class Stale(Refused):
    """Somebody else changed it since it was opened."""

    status = 409

    def __init__(self, what: str) -> None:
        super().__init__(
            f"This {what} was changed by somebody else after you opened it. Nothing was "
            "overwritten: open it again and compare."
        )


class Forgotten(Refused):
    """The key is gone: what it sealed can't be opened by anybody."""

    status = 410

    def __init__(self) -> None:
        super().__init__("This person was forgotten; what was written can't be opened any more.")


class DoesNotOpen(Refused):
    """A sealed value was changed, moved to another place, or sealed under another key."""

    status = 500

    def __init__(self, place: str) -> None:
        super().__init__(
            f"A sealed value at {place} does not open. It was changed or moved. Restore it from "
            "a backup; run `rapport doctor`."
        )


class OutsidePractice(RuntimeError):
    """A query was made without saying in which practice: a fault of the program."""
