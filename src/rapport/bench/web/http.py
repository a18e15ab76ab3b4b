"""A phone, as far as the wire goes: one connection, one request after the other, one cookie.

Written by hand since it shares the machine with the server that it measures: a whole request costs
it a tenth of a millisecond.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

WAIT = 30.0  # seconds for one reply; a person has given up long before


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back."""

    status: int
    head: str
    body: bytes


@dataclass
class Phone:
    """Sends requests to a server on this machine."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        self._in, self._out = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._out.close()
        with suppress(OSError):
            await self._out.wait_closed()

    async def get(self, path: str) -> Reply:
        """Ask for a page."""
        return await self._ask(f"GET {path} HTTP/1.1\r\n", b"")

    async def post(self, path: str, body: bytes = b"") -> Reply:
        """Send a form."""
        told = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return await self._ask(f"POST {path} HTTP/1.1\r\n{told}", body)

    async def _ask(self, head: str, body: bytes) -> Reply:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        told = f"{head}Host: localhost:{self.port}\r\n"
        if cookies:
            told += f"Cookie: {cookies}\r\n"
        self._out.write(f"{told}\r\n".encode() + body)
        async with asyncio.timeout(WAIT):
            return await self._reply()

    async def _reply(self) -> Reply:
        head = (await self._in.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = [line.partition(":") for line in head.split("\r\n")[1:] if line]
        length = 0
        for name, _, value in fields:
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "set-cookie":
                self._keep(value)
        body = await self._in.readexactly(length) if length else b""
        return Reply(status=int(head[9:12]), head=head, body=body)

    def _keep(self, told: str) -> None:
        name, _, value = told.split(";")[0].strip().partition("=")
        self.cookies[name] = value
