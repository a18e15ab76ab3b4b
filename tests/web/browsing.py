"""Looking at pages in a real browser: pictures to be looked at, and what axe finds."""

import os
import shutil

import pytest

CHROMIUM = shutil.which("chromium")
PICTURES = os.environ.get("RAPPORT_PICTURES")  # a folder: every page is kept there to be looked at
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium not found")


def kept(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def findings(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(page)
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found.response["violations"]]


def looked_at(page, name, width):
    """Keep a picture; nothing that axe finds, nothing beside the page, no fault of a script."""
    kept(page, name)
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.faults == []


def begin(page, address):
    """Open a link and press Start: the questions are there, with their script if there is one."""
    page.goto(address)
    page.get_by_role("button", name="Start").click()
    page.wait_for_selector("#checkin")
    page.wait_for_load_state()  # until then it is the page without a script
