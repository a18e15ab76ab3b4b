"""The processes of a demo: the server, and the worker where there is one. They end together."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from rapport.cli.installation import NOT_RIGHT, leave

TRIES = 20  # ports after the one that was asked for (ours)
PATIENCE = 30.0  # seconds for the server to answer (ours)
TO_END = 8.0  # seconds for a process to end what it is at (ours)


def free_port(wanted: int) -> int:
    """The wanted port, or the next one that nobody listens on."""
    ports = range(wanted, min(wanted + TRIES, 65_536))
    free = next((port for port in ports if _is_free(port)), None)
    if free is None:
        leave(f"ports {ports[0]} to {ports[-1]} are all taken; name another one: --port 9000")
    return free


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Running:
    """Server and worker while the demo runs; leaving the block ends both."""

    def __init__(self, *, port: int) -> None:
        self._port = port
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        for asked in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(asked, _ended)
        self._processes.append(_start("serve", "--port", str(self._port)))
        if _is_command("worker"):
            self._processes.append(_start("worker"))
        return self

    def __exit__(self, kind: object, fault: object, _trace: object) -> bool:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            _end(process)
        return isinstance(fault, KeyboardInterrupt)

    def answer(self) -> None:
        """Come back when the first page can be asked for."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._all_run():
            try:
                with urlopen(f"http://127.0.0.1:{self._port}/readyz", timeout=2):
                    return
            except (URLError, OSError):
                time.sleep(0.05)
        leave("the server did not start; its own line above says why", NOT_RIGHT)

    def wait(self) -> None:
        """Come back never, unless one of the processes ends by itself."""
        while self._all_run():
            time.sleep(0.3)
        leave("the demo ended: one of its processes did", NOT_RIGHT)

    def _all_run(self) -> bool:
        return all(process.poll() is None for process in self._processes)


def _start(*words: str) -> subprocess.Popen[bytes]:
    """In a group of its own: Ctrl+C reaches this process alone, and the others hear of it once."""
    program = "from rapport.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", program, *words], stdout=subprocess.DEVNULL, start_new_session=True
    )


def _is_command(name: str) -> bool:
    from rapport.cli import app

    return any(name in (known.name, getattr(known.callback, "__name__", ""))
               for known in app.registered_commands)  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process, then end what is left of its group: a server has workers of its own."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(TO_END)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ended(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
