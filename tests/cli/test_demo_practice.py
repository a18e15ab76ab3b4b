"""`rapport demo`: built once a day, started beside whatever runs already, ended whole."""

import json
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from commands import run

pytestmark = pytest.mark.slow

RAPPORT = [sys.executable, "-c", "from rapport.cli import main; main()"]
LINK = r"http://localhost:(\d+)/sign-in/link/[\w-]{43}/"
PHONE = r"http://localhost:\d+/c/[\w-]+"


def environment(**told):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RAPPORT_")}
    return kept | told


def demo(*words, **told):
    command = [*RAPPORT, "demo", *map(str, words)]
    return subprocess.run(command, env=environment(**told), capture_output=True, text=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A practice, and what was said when it was built."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    said = demo("--no-serve", "--folder", folder)
    assert said.returncode == 0, said.stderr
    return folder, said.stdout


def practices(folder):
    with sqlite3.connect(folder / "rapport.sqlite3") as database:
        return database.execute("SELECT id, made_up FROM people_practice").fetchall()


def test_it_prints_a_link_for_each_role_and_for_phones(built):
    _, said = built
    for role in ("therapist", "supervisor", "practice lead", "front desk", "administrator"):
        assert re.search(f"{role} +{LINK}", said), role
    assert len(re.findall(PHONE, said)) == 2
    assert "Nobody in it exists" in said


def test_the_practice_is_made_up_and_its_files_are_for_their_owner(built):
    folder, _ = built
    assert [made_up for _, made_up in practices(folder)] == [1]
    modes = {place.name: stat.S_IMODE(place.stat().st_mode) for place in folder.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_the_same_day_it_is_used_again_with_fresh_links(built):
    folder, first = built
    before = practices(folder)
    again = demo("--no-serve", "--folder", folder).stdout
    assert practices(folder) == before
    assert "Making up" not in again
    assert set(re.findall(PHONE, again)).isdisjoint(re.findall(PHONE, first))


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("three years of work")
    said = demo("--no-serve", "--folder", tmp_path)
    assert said.returncode == 2
    assert "--folder" in said.stderr
    assert [place.name for place in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_real_practice_named_by_the_environment_is_not_touched(built, tmp_path):
    """The control: without the folder of its own the demo would open this home and fail."""
    folder, _ = built
    said = demo(
        "--no-serve", "--folder", folder, RAPPORT_HOME=str(tmp_path),
        RAPPORT_DATABASE="dbname=a-real-one", RAPPORT_PRACTICE_KEY="not hexadecimal",
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert list(tmp_path.iterdir()) == []


def test_json_without_a_report_is_refused():
    said = run("demo", "--json", "x.json")
    assert said.exit_code == 2
    assert "--report" in said.stderr


@contextmanager
def running(folder, port):
    """The demo as a person starts it: its process and what it says up to the last line."""
    process = subprocess.Popen(
        [*RAPPORT, "demo", "--folder", str(folder), "--port", str(port)],
        env=environment(), stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("Begin with"):
                break
        yield process, said
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


@contextmanager
def taken():
    """A port on which somebody else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def status(address, **more):
    try:
        with urlopen(Request(address, **more), timeout=10) as reply:
            return reply.status, reply.read().decode()
    except HTTPError as refused:
        with refused:
            return refused.code, ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl+C", "terminated"])
def test_on_a_taken_port_it_runs_at_the_next_one_and_ends_whole(built, number):
    folder, _ = built
    with taken() as port, running(folder, port) as (process, said):
        chosen = int(re.search(LINK, said)[1])
        assert chosen > port
        code, page = status(re.search(PHONE, said)[0])
        assert code == 200
        assert "A made-up practice" in page
        os.killpg(process.pid, number)  # as a terminal does: to everybody in the foreground
        assert process.wait(30) == 0
    assert not answers(chosen)


def answers(port):
    for _ in range(20):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) != 0:
                return False
        time.sleep(0.1)
    return True


def test_a_practice_of_yesterday_is_made_anew_with_the_same_people(built):
    folder, _ = built
    before, people = practices(folder), names(folder)
    mark = folder / "made-up.json"
    mark.write_text(json.dumps(json.loads(mark.read_text()) | {"day": "2026-01-01"}))
    said = demo("--no-serve", "--folder", folder)
    assert "Making up" in said.stdout
    assert practices(folder) != before
    assert names(folder) == people
    assert len(people) > 300


def names(folder):
    """Everybody's name, opened with the keys of that folder."""
    program = (
        "import django; django.setup()\n"
        "from rapport.web.people.models import Person, Practice\n"
        "from rapport.web.core.access import inside\n"
        "with inside(Practice.objects.get().pk):\n"
        "    print('\\n'.join(sorted(p.get('name') for p in Person.objects.all())))"
    )
    told = {"RAPPORT_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "rapport.web.site.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(**told), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return done.stdout.splitlines()
