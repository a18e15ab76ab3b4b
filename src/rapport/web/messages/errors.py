"""What is refused around messages; none of it tells an address."""

from rapport.web.core.errors import Refused


class MessagesStopped(Refused):
    """The client said that they want no messages."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "This person stopped all messages. Give the link by hand, or talk about it when you "
            "next meet."
        )


class NoWay(Refused):
    """There is no address of this kind, or this kind of message is not set up."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "Nothing was sent: there is no address for it, or the practice has not set up this "
            "kind of message. Copy the link and give it by hand."
        )


class NotHandedOver(Exception):
    """Whoever carries a message did not take it.

    Attributes:
        kind: what kind of fault it was, never its text.
        unsure: it may have been taken all the same.
    """

    def __init__(self, kind: str, *, unsure: bool = False) -> None:
        super().__init__(kind)
        self.kind, self.unsure = kind[:64], unsure
