"""A person at a terminal sees how far the work has come; a file or a pipe sees nothing of it."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = "\n".join(
    f"c{c},{k},{scale},{20 + (c + k) % 5}"
    for c in range(20)
    for k in range(1, 6)
    for scale in ("wai", "mood")
)


def command(tmp_path):
    (tmp_path / "first.csv").write_text(f"client,session,scale,score\n{ROWS}\n")
    (tmp_path / "second.csv").write_text("client,session,scale,score\nz,1,wai,20\n")
    words = ["read", "first.csv", "second.csv", "--alliance", "wai", "--outcome", "mood"]
    return [Path(sys.executable).with_name("rapport"), *words, "--json", "out.json"]


def everything_written_to(terminal):
    seen = b""
    while True:
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # Linux says so when the other end has closed
            return seen.decode()
        if not part:
            return seen.decode()
        seen += part


@pytest.mark.slow
def test_a_terminal_shows_each_step_and_how_much_is_done(tmp_path):
    outside, inside = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    done = subprocess.Popen(
        command(tmp_path), cwd=tmp_path, stderr=inside, stdout=subprocess.DEVNULL, env=environment
    )
    os.close(inside)
    seen = everything_written_to(outside)
    assert done.wait() == 0
    for step in ("first.csv", "second.csv", "wai", "mood", "Writing"):
        assert step in seen
    assert "50%" in seen
    assert seen.rstrip().endswith("\x1b[2K")  # the bar is wiped away


@pytest.mark.slow
def test_a_pipe_sees_no_bar(tmp_path):
    done = subprocess.run(command(tmp_path), cwd=tmp_path, capture_output=True, check=True)
    assert done.stderr == b""
