"""The instruments that come with Rapport, read without anything but the science."""

from importlib.resources import files

from rapport.science.scoring.read import read_instrument


def load(name):
    home = files("rapport") / "instruments"
    path = home / f"{name}.toml"
    path = path if path.is_file() else home / "noncommercial" / f"{name}.toml"
    return read_instrument(text=path.read_text("utf-8"), name=path.name)
