"""What can go wrong with forms, plans and goals."""

from collections.abc import Sequence

from rapport.web.core.errors import Refused


class NoText(Refused):
    """There is no wording that may be shown."""

    def __init__(self, instrument: str) -> None:
        super().__init__(
            f"There is no text of {instrument!r} here that may be shown, so nobody can be asked "
            "it. Choose another form, or add the text you hold the right to use: "
            "rapport instruments add."
        )


class BadAnswers(Refused):
    """Some answers are not answers to this form; says which question, never what was written."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("Nothing was taken in. " + " ".join(faults))
        self.faults = tuple(faults)


class RiskQuestionsLocked(Refused):
    """The form asks about risk, and nobody is named yet who would answer."""

    status = 409

    def __init__(self, instrument: str) -> None:
        super().__init__(
            f"{instrument!r} asks about safety. It can be planned once the practice has named who "
            "answers, when, and in which words."
        )


class PlanUnclear(Refused):
    """A line of a plan contradicts itself."""


class GoalsFull(Refused):
    """There are as many goals as one form asks about."""

    def __init__(self, most: int, when: str) -> None:
        super().__init__(f"There can be {most} goals {when}. End one before you add another.")
