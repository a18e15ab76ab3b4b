"""SciPy's special functions, loaded when the first of them is called.

They take a quarter of a second and 15 MB (ours), which a page without a reading need not wait for.

>>> from rapport.science.numerics import special
>>> round(float(special.ndtri(0.975)), 3)
1.96
"""

from typing import Any


def __getattr__(name: str) -> Any:
    import scipy.special  # late: it is heavy

    found = globals()[name] = getattr(scipy.special, name)
    return found
