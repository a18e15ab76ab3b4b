"""What is refused around the arrangement of a case."""

from rapport.web.core.errors import Refused


class FeedEnded(Refused):
    """The address was never one, or was ended: both get the same answer."""

    status = 404

    def __init__(self) -> None:
        super().__init__("There is no calendar at this address.")
