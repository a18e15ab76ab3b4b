"""What a reader may choose; every choice is printed with the reading."""

from dataclasses import dataclass

from rapport.science.errors import BadInputError


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingSettings:
    """Choices that change the numbers.

    Attributes:
        false_alarms: share of steady courses of 12 rated sessions with at least one drop alarm.
        forecasts: whether anything is predicted (decision 3).
        alliance, outcome: the scale to read first; None: found by the scales' roles.
        episode_criterion: rupture threshold in within-client SDs (Strauss 2006: 1).
        first: clients who stand first whatever asks for attention (the demo's Sarah).
    """

    false_alarms: float = 0.05
    forecasts: bool = True
    alliance: str | None = None
    outcome: str | None = None
    episode_criterion: float = 1.0
    first: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.false_alarms < 1:
            raise BadInputError(
                f"false-alarm budget {self.false_alarms:g}: give a share between 0 and 1, "
                "for instance 0.05"
            )
