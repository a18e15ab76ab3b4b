"""What is refused around readings."""

from rapport.web.core.errors import Refused


class ReadFirst(Refused):
    """The switch is turned on by somebody who has read what forecasts can and cannot do."""

    def __init__(self) -> None:
        super().__init__(
            "Read what forecasts can and cannot do, and say that you did. Nothing was changed."
        )
