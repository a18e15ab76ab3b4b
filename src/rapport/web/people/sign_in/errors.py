"""What can go wrong on the way in."""

from rapport.web.core.errors import Refused


class LinkGone(Refused):
    """Used, expired, replaced or never made: all get this one answer."""

    status = 410

    def __init__(self) -> None:
        super().__init__(
            "This link does not open anything any more. Each link works once and for a short "
            "time. Ask whoever keeps the installation for a new one."
        )
