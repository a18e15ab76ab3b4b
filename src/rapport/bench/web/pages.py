"""The pages a therapist opens, from outside over the wire and from inside the process."""

import asyncio
import re
import time
from collections.abc import Mapping
from typing import Any

from rapport.bench.web.figures import Times
from rapport.bench.web.http import Phone

FORM_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
PASSWORD = "a long one that opens nothing but this measurement"


def signed_in(port: int, *, token: str, email: str) -> dict[str, str]:
    """Come in by a one-time link, with a second factor; gives the cookies."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.contrib.auth import get_user_model

    account = get_user_model().objects.get(email=email)
    account.set_password(PASSWORD)  # first: a changed password ends every session
    account.save()
    cookies = asyncio.run(_by_link(port, token))
    TOTP.activate(account, generate_totp_secret())
    return cookies


async def _by_link(port: int, token: str) -> dict[str, str]:
    async with Phone(port) as browser:
        landing = await browser.get(f"/sign-in/link/{token}/")
        found = FORM_TOKEN.search(landing.body)
        body = b"csrfmiddlewaretoken=" + (found[1] if found else b"")
        reply = await browser.post(f"/sign-in/link/{token}/", body)
        if reply.status != 302:
            raise RuntimeError(f"nobody could sign in: {reply.status}")
        return browser.cookies


def from_outside(port: int, path: str, cookies: Mapping[str, str], *, times: int) -> list[float]:
    """Open a page that often, one after the other; seconds to the last byte."""
    return asyncio.run(_opened(port, path, dict(cookies), times))


async def _opened(port: int, path: str, cookies: dict[str, str], times: int) -> list[float]:
    async with Phone(port, cookies) as browser:
        took = []
        for _ in range(times):
            start = time.perf_counter()
            reply = await browser.get(path)
            took.append(time.perf_counter() - start)
            if reply.status != 200:
                raise RuntimeError(f"{reply.status} instead of a page")
        return took


def in_the_server(path: str, cookies: Mapping[str, str], *, times: int) -> tuple[list[float], int]:
    """The same within the application: every middleware, no network. And the page's size."""
    from rapport.web.site.wsgi import application

    took, size = [], 0
    for _ in range(times):
        start = time.perf_counter()
        size = _called(application, path, cookies)
        took.append(time.perf_counter() - start)
    return took, size


def _called(application: Any, path: str, cookies: Mapping[str, str]) -> int:
    from wsgiref.util import setup_testing_defaults

    asked: dict[str, Any] = {
        "PATH_INFO": path,
        "HTTP_HOST": "localhost",
        "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
    }
    setup_testing_defaults(asked)
    seen: list[str] = []
    reply = application(asked, lambda status, _headers, *_: seen.append(status))
    size = sum(len(part) for part in reply)
    reply.close()
    if not seen[0].startswith("200"):
        raise RuntimeError(f"{seen[0]} instead of a page")
    return size


def page_times(
    name: str, path: str, *, port: int, cookies: Mapping[str, str], times: int
) -> tuple[Times, Times, int]:
    """A page from inside and from outside, and its size."""
    in_the_server(path, cookies, times=2)  # what is loaded late is loaded now
    from_outside(port, path, cookies, times=2)
    inside, size = in_the_server(path, cookies, times=times)
    outside = from_outside(port, path, cookies, times=times)
    return (
        Times(what=f"{name}, in the server", seconds=inside),
        Times(what=f"{name}, over the wire", seconds=outside),
        size,
    )
