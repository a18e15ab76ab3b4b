"""What `rapport doctor` says of one thing it looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something looked at: whether it is right, and what to do where it is not.

    Attributes:
        to_do: what the practice still has to decide; not a fault.
    """

    what: str
    wrong: str = ""
    to_do: str = ""
    do: str = ""
