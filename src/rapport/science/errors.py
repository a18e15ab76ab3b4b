"""Errors a user of the science may see: one family, each with a name and a remedy."""


class RapportError(Exception):
    """Any refusal of ours: its text says where, what, and what to do."""


class BadInputError(RapportError, ValueError):
    """What was handed in cannot be used as it is."""


class TooFewAnswersError(RapportError):
    """Fewer answers than the instrument's rule asks for: there is no total."""


class TooLittleDataError(RapportError):
    """The method needs more clients or ratings than there are."""
