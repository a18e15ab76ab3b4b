"""The instruments that come with Rapport, read without anything but the science."""

from importlib.resources import files
from pathlib import Path

from rapport.science.scoring.read import read_instrument

PACK = Path(__file__).parents[3] / "packs/noncommercial/src/rapport_noncommercial"


def load(name):
    path = files("rapport") / "instruments" / f"{name}.toml"
    path = path if path.is_file() else PACK / f"{name}.toml"
    return read_instrument(text=path.read_text("utf-8"), name=path.name)
