"""What is refused around readings."""

from rapport.web.core.errors import Refused


class NotAClinician(Refused):
    """Predicting for a person is for somebody who works with people to turn on."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "A clinician of the practice turns forecasts on: a therapist, a supervisor or whoever "
            "leads it. Nothing was changed."
        )


class ReadFirst(Refused):
    """The switch is turned on by somebody who has read what forecasts can and cannot do."""

    def __init__(self) -> None:
        super().__init__(
            "Read what forecasts can and cannot do, and say that you did. Nothing was changed."
        )
