"""What is known of a scale: its direction, its range, and the sources of its cut-offs."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["outcome", "alliance"]


@dataclass(frozen=True, kw_only=True)
class Scale:
    """One score of an instrument, or a scale described in ``scales.toml``.

    None means "not known": then the verdict that would need it is not given, and that is said.

    Attributes:
        name: short name as it stands in session tables (``phq-9``, ``wai``).
        title: name for people.
        role: whether it measures how the person is (outcome) or the working relationship.
        higher_is_better: direction.
        minimum, maximum: ends of the scale; None: no ceiling verdict.
        step: distance between neighbouring possible scores; None: continuous or unknown.
        reliability: internal consistency or retest, between 0 and 1.
        sd: standard deviation of the reference sample at start.
        clinical_cutoff: the score that separates the clinical from the functional range.
        functional_mean, functional_sd: of a functional (non-clinical) sample.
        reliable_change_points: published criterion in points (PHQ-9: 6), used before formula.
        low_label, high_label: the answers' words at both ends ("not at all", "completely").
        source: where these numbers were read.
        validated: False for our own items ("Conversation aid. Not validated.").
    """

    name: str
    role: Role | None = None
    higher_is_better: bool | None = None
    title: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    reliability: float | None = None
    sd: float | None = None
    clinical_cutoff: float | None = None
    functional_mean: float | None = None
    functional_sd: float | None = None
    reliable_change_points: float | None = None
    low_label: str | None = None
    high_label: str | None = None
    source: str | None = None
    validated: bool = True

    @property
    def direction(self) -> int:
        """+1 where higher is better, -1 where lower is better."""
        return 1 if self.higher_is_better else -1
