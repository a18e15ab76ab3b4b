"""The hash that ties each line of the log to all lines before it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, kw_only=True)
class By:
    """Who did it: somebody who works here, a client, or the system itself."""

    kind: str
    id: str


SYSTEM = By(kind="system", id="rapport")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the log as it is hashed."""

    practice: str
    number: int
    at: datetime
    by: By
    deed: str
    thing: str
    thing_id: str
    detail: Mapping[str, Any]


def chained(line: Line, before: str) -> str:
    """The hash of a line and of everything before it, as 64 hexadecimal digits."""
    told = asdict(line) | {"at": line.at.astimezone(UTC).isoformat()}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(f"{before}\n{text}".encode()).hexdigest()
