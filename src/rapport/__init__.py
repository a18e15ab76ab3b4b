"""Rapport: build, watch over and repair the relationship that therapy runs on."""


def __getattr__(name: str) -> str:
    """``rapport.__version__``, looked up when asked for: the look-up is slower than ``--help``."""
    if name != "__version__":
        raise AttributeError(f"module 'rapport' has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version("rapport")
    except PackageNotFoundError:  # a checkout that is not installed (the minimal test run)
        found = "0+checkout"
    globals()[name] = found  # from now on it is an attribute like any other
    return found
