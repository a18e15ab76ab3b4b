"""What is refused around check-ins; none of it tells anything of a person."""

from rapport.web.core.errors import Refused


class LinkEnded(Refused):
    """The link was never one, was used, is too old, or was ended: all get the same answer."""

    status = 410

    def __init__(self) -> None:
        super().__init__(
            "This link is not open. It may be too old, or the questions were answered already. "
            "Your therapist can give you a new one."
        )


class NothingDue(Refused):
    """The plan of the case asks nothing at this moment, or it was answered already."""

    status = 409
    title = "Nothing is asked here now"

    def __init__(self) -> None:
        super().__init__(
            "Nothing is asked of this person at this moment: the plan of the case has no form for "
            "it, or it was answered already."
        )


class AlreadyAnswered(Refused):
    """Other answers came in for this check-in before; nothing was overwritten."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "These questions were answered already, with other answers. The first ones were kept "
            "and nothing was overwritten. You can talk about it when you next meet."
        )


class NobodyToTell(Refused):
    """Somebody who is not among those whom a client can choose."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Nobody of this name can be told here. Go back and choose somebody.")


class NotOpened(Refused):
    """A card and PIN that open nothing; which of the two is wrong is told to nobody."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "This did not open. Look at the digits once more. After five wrong tries a card is "
            "closed; your therapist can give you new digits."
        )


class NotDueNow(Refused):
    """Card and PIN are right; at this moment no question waits."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "At this moment no question waits for you. Come back before or after your next session."
        )


class TooManyGuesses(Refused):
    """Too many wrong codes came from one place of the network."""

    status = 429

    def __init__(self) -> None:
        super().__init__(
            "Too many wrong codes came from your network. Wait a quarter of an hour, then try "
            "once more. Nothing you wrote is lost."
        )


class NotADay(Refused):
    """A form on paper was filled in on a day between the member's joining and today."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Say on which day the form was filled in: not before the case, not later.")


class WrongForm(Refused):
    """The answers are to a form that this check-in does not ask."""

    status = 422

    def __init__(self) -> None:
        super().__init__("These answers belong to another check-in. Nothing was kept.")


class NotInBulk(Refused):
    """A made-up answer that a person must answer came the quick way, which raises no flag."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "One of these answers has to be answered by a person. Made-up answers of that kind "
            "come in one by one, with their flag. Nothing was kept."
        )
