"""Where the level of a rating series changed: while it runs (online) and looking back (offline)."""

from rapport.science.alliance.change_points.offline import LevelBreaks, level_breaks
from rapport.science.alliance.change_points.online import (
    LevelPrior,
    OnlineChange,
    online_change,
    practice_prior,
    run_length_posterior,
)

__all__ = [
    "LevelBreaks",
    "LevelPrior",
    "OnlineChange",
    "level_breaks",
    "online_change",
    "practice_prior",
    "run_length_posterior",
]
