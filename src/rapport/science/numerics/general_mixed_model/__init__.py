"""Mixed models beyond nested growth, by a plain route: crossed intercepts, autocorrelated noise."""

from rapport.science.numerics.general_mixed_model.autoregressive import (
    AutoregressiveModel,
    fit_autoregressive,
)
from rapport.science.numerics.general_mixed_model.crossed import CrossedModel, fit_crossed

__all__ = ["AutoregressiveModel", "CrossedModel", "fit_autoregressive", "fit_crossed"]
