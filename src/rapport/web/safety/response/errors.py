"""What is refused around the response plan."""

from rapport.web.core.errors import Refused


class CantAnswer(Refused):
    """The role of somebody named does not let them read a flag."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody who is named can't answer: they have left, or no role of theirs may read "
            "such an answer. Choose a therapist, a supervisor or a practice lead."
        )


class OwnBackup(Refused):
    """One person can't be two."""

    def __init__(self) -> None:
        super().__init__(
            "Who steps in has to be somebody else than who answers. If you work alone, leave it "
            "open and name somebody outside the practice."
        )
