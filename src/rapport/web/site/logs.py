"""Logs say what kind of fault happened and where, never what anybody wrote (promise P26).

A message of somebody else's library may carry an address with a token, a host name, a value. So
only Rapport's own messages are printed, which are fixed sentences; of all others the log keeps the
name of the logger. Of an exception it keeps type and place, never its text.
"""

import logging
import traceback
from types import TracebackType

OWN = "rapport"


class WithoutContent(logging.Formatter):
    """Time, level, logger; our own sentence; type and place of a fault."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        parts = [self.formatTime(record), record.levelname, record.name]
        if record.name.split(".")[0] == OWN:
            parts.append(str(record.msg))  # a fixed sentence: arguments are left out
        if record.exc_info and record.exc_info[0] is not None:
            parts.append(what_and_where(record.exc_info[0], record.exc_info[2]))
        return " ".join(parts)


def what_and_where(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Type of a fault, and the line of Rapport's code it came from.

    >>> try:
    ...     int("a secret")
    ... except ValueError as fault:
    ...     print(what_and_where(type(fault), None))
    ValueError at an unknown place
    """
    frames = traceback.extract_tb(trace)
    own = [frame for frame in frames if "/rapport/" in frame.filename.replace("\\", "/")]
    last = (own or list(frames))[-1:]
    place = f"{_short(last[0].filename)}:{last[0].lineno}" if last else "an unknown place"
    return f"{kind.__name__} at {place}"


def _short(path: str) -> str:
    return path.replace("\\", "/").rsplit("/rapport/", 1)[-1]


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"without content": {"()": "rapport.web.site.logs.WithoutContent"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "without content"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True, "level": "ERROR"},
        "django.server": {"handlers": [], "propagate": True, "level": "ERROR"},
    },
}
