"""Rapport: build, watch over and repair the relationship that therapy runs on."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("rapport")
except PackageNotFoundError:  # run from a checkout that is not installed (the minimal test run)
    __version__ = "0+checkout"
