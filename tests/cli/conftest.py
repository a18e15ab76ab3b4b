"""Commands run in this process, and what they leave behind."""

import json

import pytest
from commands import run

HEADER = "client,session,scale,score"
SCALES = """
[scales.wai]
role = "alliance"
higher_is_better = true
minimum = 0
maximum = 40
[scales.mood]
role = "outcome"
higher_is_better = false
minimum = 0
maximum = 30
reliability = 0.9
sd = 6
"""


@pytest.fixture
def folder(tmp_path):
    """An empty folder to write readings into."""
    made = tmp_path / "out"
    made.mkdir()
    return made


@pytest.fixture
def table(tmp_path):
    """Write a table, with its scales beside it, and give its path."""
    (tmp_path / "scales.toml").write_text(SCALES)

    def write(*rows, header=HEADER, name="sessions.csv"):
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n" if header else "")
        return path

    return write


@pytest.fixture
def read(table, tmp_path, folder):
    """Read rows through the command and give the JSON."""

    def reading(*rows, **options):
        known = ("--scales", tmp_path / "scales.toml")
        flags = [part for pair in options.items() for part in _flag(*pair)]
        done = run("read", table(*rows), *known, "--json", folder / "r.json", *flags)
        assert done.exit_code == 0, done.output
        return json.loads((folder / "r.json").read_text())

    return reading


def _flag(name, value):
    flag = "--" + name.replace("_", "-")
    return [flag] if value is True else [flag, value]
