"""What is refused around the secrets policy."""

from rapport.web.core.errors import Refused


class NoSuchPolicy(Refused):
    """There are two kinds, and having none is the fault."""

    def __init__(self) -> None:
        super().__init__("Choose one of the two: no secrets, or limited secrets.")


class EmptyPolicy(Refused):
    """A policy has words."""

    def __init__(self) -> None:
        super().__init__("Write the policy in 1 to 4,000 letters.")


class NotAgreed(Refused):
    """A member has not accepted yet what is done with secrets."""

    status = 409

    def __init__(self) -> None:
        super().__init__("Read and accept first how secrets are handled. Nothing was kept.")


class TextChanged(Refused):
    """The text is another one than the one that was read."""

    status = 409

    def __init__(self) -> None:
        super().__init__("The text was changed while you read it. Please read it once more.")
