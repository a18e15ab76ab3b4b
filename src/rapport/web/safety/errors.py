"""What is refused around flags."""

from rapport.web.core.errors import Refused


class RiskQuestionsLocked(Refused):
    """Nobody would answer: the practice has not said who, when and how."""

    status = 409

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            "Questions about risk stay closed until somebody is there to answer. Still missing: "
            f"{', '.join(missing)}. They are filled in under Settings, A person at risk."
        )


class FlagStillOpen(Refused):
    """A client with an open flag can't be removed from sight."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "An answer of this client still waits for a person. Read it, write down what was done, "
            "then forget the client."
        )


class NoteMissing(Refused):
    """A flag does not close in silence."""

    def __init__(self) -> None:
        super().__init__("Write in a sentence what was asked, said and agreed. Then it closes.")


class AlreadyClosed(Refused):
    """Somebody closed it before."""

    status = 409

    def __init__(self) -> None:
        super().__init__("This flag was closed already. Its note says by whom and why.")


class AbsenceUnclear(Refused):
    """An absence that ends before it begins, or is over already."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Say from when until when, with an end that is still to come.")
