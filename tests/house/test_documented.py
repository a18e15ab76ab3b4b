"""What the documentation says is so: oracles, commands, rights, links."""

from pathlib import Path

import pytest

from rapport.bench.oracles import belongs, compare_all

ROOT = Path(__file__).resolve().parents[2]
ORACLES_PAGE = ROOT / "docs" / "reference" / "oracles.md"


@pytest.fixture(scope="module")
def compared(shared):
    return compare_all(shared=shared)


def test_every_oracle_that_belongs_stands_on_its_page(shared):
    page = ORACLES_PAGE.read_text("utf-8")
    names = [path.stem for path in (shared / "oracles").glob("*.json") if belongs(path.stem)]
    assert len(names) >= 16
    assert [name for name in names if f"| `{name}` |" not in page] == []


def test_every_result_lies_within_the_tolerance_its_oracle_states(compared):
    beyond = [
        (one.oracle.name, difference)
        for one in compared
        for difference in one.differences
        if not difference.holds
    ]
    assert beyond == []


def test_the_page_shows_every_comparison_and_every_known_difference(compared):
    page = ORACLES_PAGE.read_text("utf-8")
    for one in compared:
        assert one.differences
        assert one.oracle.software in page
        shown = [f"{d.quantities} ({d.n:,})" for d in one.differences]
        assert [text for text in shown if text not in page] == []
        assert [known.quantity for known in one.known if known.why not in page] == []
