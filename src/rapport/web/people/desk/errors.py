"""What is refused at the front desk."""

from rapport.web.core.errors import Refused


class GoneBy(Refused):
    """An appointment lies ahead."""

    def __init__(self) -> None:
        super().__init__("Choose a time that has not gone by yet.")


class NotTogetherAnyMore(Refused):
    """Those who met here don't any more, and the front desk can't know who does now."""

    status = 409

    def __init__(self) -> None:
        super().__init__("They don't meet any more. Ask a therapist who meets whom from now on.")
