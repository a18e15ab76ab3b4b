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
