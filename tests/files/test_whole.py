"""A file appears whole or not at all."""

import os
import stat

import pytest

from rapport.files.whole import whole_file


class Trouble(Exception):
    """Something on the way."""


def half_of_it(file):
    file.write(b"half of the new")
    raise Trouble


def fail_while_writing(path):
    with pytest.raises(Trouble), whole_file(path) as file:
        half_of_it(file)


def test_what_is_written_stands_under_its_name_and_nothing_else_does(tmp_path):
    with whole_file(tmp_path / "made") as file:
        file.write(b"all of it")
    assert (tmp_path / "made").read_bytes() == b"all of it"
    assert len(list(tmp_path.iterdir())) == 1


def test_until_the_end_nothing_stands_under_the_name(tmp_path):
    with whole_file(tmp_path / "made") as file:
        file.write(b"all of it")
        assert not (tmp_path / "made").exists()


def test_a_fault_on_the_way_leaves_nothing(tmp_path):
    fail_while_writing(tmp_path / "made")
    assert list(tmp_path.iterdir()) == []


def test_a_fault_on_the_way_leaves_the_old_file_as_it_was(tmp_path):
    (tmp_path / "made").write_bytes(b"the old one")
    fail_while_writing(tmp_path / "made")
    assert (tmp_path / "made").read_bytes() == b"the old one"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_private_file_stays_private_when_it_is_written_anew(tmp_path):
    path = tmp_path / "made"
    path.touch()
    path.chmod(0o600)
    with whole_file(path) as file:
        file.write(b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_new_file_has_what_the_umask_leaves(tmp_path):
    before = os.umask(0o027)
    try:
        with whole_file(tmp_path / "made") as file:
            file.write(b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o640


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with whole_file(path) as file:
        file.write(b"through")
    assert os.read(reader, 100) == b"through"
    assert stat.S_ISFIFO(path.stat().st_mode)
    os.close(reader)


def test_a_folder_that_is_not_there_is_an_error_and_is_not_made(tmp_path):
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "none" / "made") as file:
        file.write(b"new")
    assert list(tmp_path.iterdir()) == []
