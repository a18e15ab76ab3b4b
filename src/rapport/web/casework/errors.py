"""What is refused around the arrangement of a case."""

from datetime import datetime

from rapport.web.core.errors import Refused


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


class FeedEnded(Refused):
    """The address was never one, or was ended: both get the same answer."""

    status = 404

    def __init__(self) -> None:
        super().__init__("There is no calendar at this address.")
