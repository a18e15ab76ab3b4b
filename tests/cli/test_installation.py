"""init, doctor, create-admin, serve and healthcheck on a folder of their own."""

import os
import re
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.slow

RAPPORT = Path(sys.executable).with_name("rapport")
ANSWERS = {
    "--practice": "Lindenhof",
    "--zone": "Europe/Berlin",
    "--language": "en",
    "--consent-age": "16",
    "--you": "Imani Okafor <imani@example.org>",
}


def rapport(home, *words, input=None, **told):
    """One command in a process of its own, with nothing set but the folder."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RAPPORT_")}
    environment = kept | {"RAPPORT_HOME": str(home)} | told
    command = [RAPPORT, *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, input=input)


def options(**other):
    given = ANSWERS | {f"--{name.replace('_', '-')}": value for name, value in other.items()}
    return [word for pair in given.items() for word in pair]


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    home = tmp_path_factory.mktemp("practice") / "home"
    said = rapport(home, "init", input="\n".join(ANSWERS.values()) + "\n")
    assert said.returncode == 0, said.stderr
    return home, said.stdout


def test_init_asks_five_questions_and_ends_with_a_key_and_a_way_in(begun):
    home, said = begun
    questions = said.split("Lindenhof is set up")[0]
    assert re.findall(r"(\d)\. [A-Z]", questions) == list("12345")
    key = (home / "practice.key").read_text().strip()
    assert said.count(key) == 1
    assert re.search(r"http://localhost:8000/sign-in/link/[\w-]{43}/", said)


def test_every_file_is_for_its_owner_alone(begun):
    home, _ = begun
    assert {place.name: stat.S_IMODE(place.stat().st_mode) for place in home.iterdir()} == {
        name: 0o600 for name in ("practice.key", "secret.key", "keys.sqlite3", "rapport.sqlite3")
    }


def wrong_modes(home):
    said = rapport(home, "doctor").stdout
    return [line for line in said.splitlines() if "WRONG" in line and "for its owner alone" in line]


def test_an_empty_folder_that_others_may_open_is_closed_by_init(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o755)
    said = rapport(home, "init", *options())
    assert said.returncode == 0, said.stderr
    assert "chmod" not in said.stdout
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert wrong_modes(home) == []


def test_a_folder_with_something_in_it_keeps_its_mode_and_init_says_how_to_close_it(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "notes.txt").write_text("here before")
    home.chmod(0o755)
    said = rapport(home, "init", *options())
    assert said.returncode == 0, said.stderr
    assert stat.S_IMODE(home.stat().st_mode) == 0o755
    assert len(wrong_modes(home)) == 1  # the control
    advice = re.search(r"chmod -R go= .*", said.stdout).group()
    subprocess.run(advice.split(), check=True)
    assert wrong_modes(home) == []


def test_a_second_init_changes_nothing(begun):
    home, _ = begun
    before = {place: place.read_bytes() for place in home.glob("*.key")}
    said = rapport(home, "init", *options())
    assert (said.returncode, said.stdout) == (2, "")
    assert "lives here already" in said.stderr
    assert {place: place.read_bytes() for place in home.glob("*.key")} == before


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"zone": "Berlin"}, "no time zone"),
        ({"language": "fr"}, "choose en, es or de"),
        ({"you": "Imani"}, "Your Name <you@example.org>"),
    ],
)
def test_an_answer_that_can_t_be_used_says_what_to_write(tmp_path, wrong, told):
    said = rapport(tmp_path / "home", "init", *options(**wrong))
    assert said.returncode == 2
    assert told in said.stderr


def test_a_fresh_installation_is_healthy(begun):
    home, _ = begun
    assert rapport(home, "worker", "--once").returncode == 0
    said = rapport(home, "doctor")
    assert said.returncode == 0, said.stdout
    assert "WRONG" not in said.stdout


def test_without_a_worker_doctor_says_what_to_keep_running(begun):
    home, _ = begun
    with sqlite3.connect(home / "rapport.sqlite3") as database:
        database.execute("DELETE FROM jobs_heartbeat")
    database.close()
    said = rapport(home, "doctor")
    assert said.returncode == 1
    assert "keep `rapport worker` running" in said.stdout
    rapport(home, "worker", "--once")


def test_the_worker_goes_round_until_it_is_told_to_stop(begun):
    home, _ = begun
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RAPPORT_")}
    command = [RAPPORT, "worker", "--every", "1"]
    told = {"env": kept | {"RAPPORT_HOME": str(home)}, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **told) as worker:
        assert "stop it with Ctrl+C" in worker.stdout.readline()
        time.sleep(2)
        worker.terminate()
        assert worker.wait(timeout=60) == 0
    assert rapport(home, "doctor").returncode == 0


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({"RAPPORT_SECRET_KEY": "short"}, "shorter than 40"),
        ({"RAPPORT_PRACTICE_KEY": "abc"}, "64 hexadecimal digits"),
        ({"RAPPORT_HOSTS": "*"}, "allows every name"),
        ({"RAPPORT_HOSTS": "clinic.example"}, "RAPPORT_TLS is off"),
    ],
)
def test_doctor_finds_a_wrong_setting_and_says_what_to_do(begun, environment, found):
    home, _ = begun
    said = rapport(home, "doctor", **environment)
    assert said.returncode == 1
    assert found in said.stdout.split("WRONG", 1)[1]


def test_doctor_finds_a_key_store_that_is_gone_and_makes_no_new_one(begun):
    home, _ = begun
    away = (home / "keys.sqlite3").rename(home / "away")
    said = rapport(home, "doctor")
    assert not (home / "keys.sqlite3").exists()
    away.rename(home / "keys.sqlite3")
    assert said.returncode == 1
    assert "restore it from its backup" in said.stdout


@pytest.mark.parametrize("name", ["practice.key", "secret.key", "keys.sqlite3", "rapport.sqlite3"])
def test_doctor_finds_an_open_file(begun, name):
    home, _ = begun
    (home / name).chmod(0o644)
    said = rapport(home, "doctor")
    (home / name).chmod(0o600)
    assert said.returncode == 1
    assert f"chmod 600 {home / name}" in said.stdout


def test_doctor_finds_a_database_without_its_tables(begun, tmp_path):
    home, _ = begun
    for name in ("practice.key", "secret.key"):
        (tmp_path / name).write_bytes((home / name).read_bytes())
        (tmp_path / name).chmod(0o600)
    said = rapport(tmp_path, "doctor")
    assert said.returncode == 1
    assert "serve --update" in said.stdout
    assert "serve --update" in rapport(tmp_path, "serve").stderr


def test_without_keys_every_command_says_where_they_come_from(tmp_path):
    for command in ("doctor", "serve"):
        said = rapport(tmp_path, command)
        assert said.returncode == 2
        assert "rapport init" in said.stderr


def test_a_new_administrator_gets_a_link_of_their_own(begun):
    home, _ = begun
    said = rapport(home, "create-admin", "ruth@example.org", "--name", "Ruth Weiss")
    assert said.returncode == 0, said.stderr
    assert re.search(r"/sign-in/link/[\w-]{43}/", said.stdout)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--host", "0.0.0.0"], "listens on this machine alone"),
        (["--certificate", "a.pem"], "belong together"),
    ],
)
def test_serve_stays_on_this_machine_without_tls(begun, words, told):
    said = rapport(begun[0], "serve", *words)
    assert said.returncode == 2
    assert told in said.stderr


def test_healthcheck_says_that_nothing_answers():
    said = rapport(".", "healthcheck", "--address", "http://127.0.0.1:9")
    assert said.returncode == 1
    assert "not ready" in said.stderr


@pytest.fixture
def served(begun):
    """`rapport serve` of a practice: its address, its folder and its process."""
    home, _ = begun
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RAPPORT_")}
    serving = subprocess.Popen(
        [RAPPORT, "serve", "--port", str(port), "--processes", "2"],
        env=kept | {"RAPPORT_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://localhost:{port}", home, serving.pid
    serving.terminate()
    serving.wait(10)


def until(found):
    """What is found at last, within ten seconds."""
    for _ in range(100):
        if answer := found():
            return answer
        time.sleep(0.1)
    raise AssertionError("not found within ten seconds")


@pytest.mark.slow
def test_serve_answers_on_one_port_of_this_machine(served):
    address, home, _ = served
    until(lambda: rapport(home, "healthcheck", "--address", address).returncode == 0)
    with urlopen(f"{address}/sign-in/") as reply:
        assert b"Sign in with a passkey" in reply.read()


def opened(pid):
    """Which files of the practice a process has open."""
    files = [os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir()]
    return [file for file in files if ".sqlite3" in file]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="asks Linux about processes")
def test_web_processes_begin_with_no_open_database(served):
    """A file of SQLite that two processes inherit open may be corrupted by them."""
    address, home, serving = served
    children = Path(f"/proc/{serving}/task/{serving}/children")

    def both():
        found = children.read_text().split()
        return found if len(found) == 2 else None

    assert [opened(pid) for pid in [serving, *until(both)]] == [[], [], []]
    until(lambda: rapport(home, "healthcheck", "--address", address).returncode == 0)
    assert any(opened(pid) for pid in both())  # the same question finds what is open
