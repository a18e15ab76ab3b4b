"""A mail server of a few lines: takes letters, keeps them, and fails where a test wants it to."""

import socketserver
import threading
from contextlib import suppress
from email import message_from_bytes, policy

READY, FINE, GO_ON, BYE = b"220 ready\r\n", b"250 fine\r\n", b"354 go on\r\n", b"221 bye\r\n"
LATER = b"451 not now\r\n"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        with suppress(OSError):  # whoever talked to us is gone
            self._talk()

    def _talk(self):
        post, to = self.server.post, []
        if post.fails("connect"):
            return
        self.wfile.write(READY)
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"QUIT":
                self.wfile.write(BYE)
                return
            if word == b"DATA":
                self.wfile.write(GO_ON)
                answer = post.take(to, self._letter())
            elif word == b"RCPT":
                to.append(line.decode().partition("<")[2].partition(">")[0])
                answer = LATER if post.fails("rcpt") else FINE
            else:
                to, answer = ([], FINE) if word in (b"MAIL", b"RSET") else (to, FINE)
            if answer is None:
                return
            self.wfile.write(answer)

    def _letter(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise OSError
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)


class Post:
    """The server; ``letters`` holds (recipient, letter) in the order they were taken.

    Args:
        chance: a random generator; None: nothing ever fails.
        share: of conversations that fail.
    """

    def __init__(self, *, chance=None, share=0.0):
        self.letters, self.chance, self.share = [], chance, share
        self.taken = lambda: None  # called when a letter is kept, before that is said
        self._lock = threading.Lock()
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk)
        self._server.daemon_threads, self._server.post = True, self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def fails(self, _where):
        """Whether this step fails now; three steps share what fails."""
        with self._lock:
            return self.chance is not None and self.chance.random() < self.share / 3

    def take(self, to, raw):
        """Keep a letter and say so, or refuse it."""
        if self.fails("data"):
            return LATER
        letter = message_from_bytes(raw, policy=policy.default)
        with self._lock:
            self.letters += [(one, letter) for one in to]
        self.taken()
        return FINE
