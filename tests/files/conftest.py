"""Tables written on the spot, and the lines a person sees when they can't be read."""

import pytest

from rapport.files.faults import TableFaults
from rapport.files.session_table import read_table

HEADER = "client,session,scale,score"


@pytest.fixture
def table(tmp_path):
    """Write a table (text or bytes) and give its path."""

    def write(content, name="sessions.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def read(table):
    """Read a table given as text or bytes."""
    return lambda content, **options: read_table(table(content), **options)


@pytest.fixture
def faults(table):
    """The lines said of a bad table, without the folder it lies in."""

    def lines(content, **options):
        path = table(content)
        with pytest.raises(TableFaults) as caught:
            read_table(path, **options)
        return [line.replace(f"{path.parent}/", "") for line in str(caught.value).splitlines()]

    return lines
