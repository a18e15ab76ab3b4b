"""The real server as a process of its own, looked at from outside."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

START = "from rapport.cli import main; main()"
PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that answers.

    Attributes:
        start_seconds: from the command to the first page.
        said: the file with everything it printed.
    """

    port: int
    pid: int
    start_seconds: float
    said: Path

    def cpu_seconds(self) -> float:
        """Processor time of its processes so far."""
        ticks = os.sysconf("SC_CLK_TCK")
        return sum(sum(map(int, _stat(pid)[11:13])) for pid in family(self.pid)) / ticks

    def memory(self) -> dict[int, int]:
        """What each of its processes holds in memory (RSS), in bytes."""
        return {pid: int(_stat(pid)[21]) * os.sysconf("SC_PAGE_SIZE") for pid in family(self.pid)}

    def together(self) -> int:
        """What they hold in all, in bytes: memory that they share counts once (PSS)."""
        return sum(1024 * _kilobytes(pid, "Pss:") for pid in family(self.pid))

    def complaints(self) -> list[str]:
        """The lines it printed, without the first that says where it listens."""
        lines = self.said.read_text("utf-8", "replace").splitlines()
        return [line for line in lines if not line.startswith("Rapport listens")]


@contextmanager
def serving(home: Path) -> Iterator[Server]:
    """Start `rapport serve` in a practice and stop it afterwards."""
    port, said = _free_port(), home / "server.log"
    start = time.perf_counter()
    with said.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", START, "serve", "--port", str(port)],
            env=environment(home), stdout=file, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{port}/sign-in/", process)
        took = time.perf_counter() - start
        yield Server(port=port, pid=process.pid, start_seconds=took, said=said)
    finally:
        process.terminate()
        process.wait(20)


HEAVY = ("pandas", "statsmodels", "altair")


def heavy_in(pid: int) -> list[str]:
    """Which heavy libraries a process has loaded, by the files it mapped into memory.

    Only what has compiled parts shows here; tests/web/site asks Python itself.
    """
    mapped = Path(f"/proc/{pid}/maps").read_text("utf-8", "replace")
    return [name for name in HEAVY if f"/site-packages/{name}/" in mapped]


def environment(home: Path) -> dict[str, str]:
    """Nothing of another installation, least of all its database."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RAPPORT_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return kept | {"RAPPORT_HOME": str(home)}


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    except OSError:
        return []
    return [pid, *(one for child in told.split() for one in family(int(child)))]


def _kilobytes(pid: int, name: str) -> int:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in told if line.startswith(name))


def _stat(pid: int) -> list[str]:
    """Fields of /proc/pid/stat after the name, which may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.01)
    raise RuntimeError("the server does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
