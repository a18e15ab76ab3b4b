"""What the documentation says is so: oracles, commands, rights, links."""

import json
import re
from pathlib import Path

import commands_page
import numpy as np
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from rapport.bench.oracles import belongs, compare_all, oracles
from rapport.cli import app
from rapport.science.alliance.drop_alarm import (
    alarm_thresholds,
    allowed_share,
    known_model,
    sensitivity,
)

ROOT = Path(__file__).resolve().parents[2]
ORACLES_PAGE = ROOT / "docs" / "reference" / "oracles.md"
COMMANDS_PAGE = ROOT / "docs" / "reference" / "commands.md"
DROP_ALARM_PAGE = ROOT / "docs" / "explanation" / "drop-alarm.md"
COMMANDS = [name for name, _ in commands_page.commands(get_command(app), "rapport")]
INSTRUMENTS = [
    *sorted((ROOT / "src" / "rapport" / "instruments").glob("*.toml")),
    *sorted((ROOT / "packs").rglob("rapport_*/*.toml")),
]
PAGES = [
    path
    for path in sorted(ROOT.rglob("*.md"))
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
]


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


@pytest.mark.parametrize(
    ("outputs", "sign"),
    [
        ({"brier_before": 0.5}, "| 3.5e-01 **beyond** | 1e-09 |"),
        ({"brier_before": None}, "| inf **beyond** | 1e-09 |"),
    ],
)
def test_a_result_that_is_off_or_missing_is_marked_on_the_page(oracle, tmp_path, outputs, sign):
    content = oracle("isotonic_calibration")
    content["outputs"] |= outputs
    (tmp_path / "oracles").mkdir()
    (tmp_path / "oracles" / "isotonic_calibration.json").write_text(json.dumps(content), "utf-8")
    page = oracles(shared=tmp_path)
    assert sign in page
    assert "1 oracles, 1 rows, 1 beyond the tolerance." in page


def test_without_reference_results_the_command_says_what_to_do(tmp_path):
    said = CliRunner().invoke(app, ["bench", "oracles"], env={"RAPPORT_SHARED": str(tmp_path)})
    assert said.exit_code == 2
    assert "set RAPPORT_SHARED" in said.output


def test_the_page_of_commands_is_what_make_docs_writes():
    assert COMMANDS_PAGE.read_text("utf-8") == commands_page.page()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_that_help_prints_stands_under_its_command(name):
    help_text = CliRunner().invoke(app, [*name.split()[1:], "--help"], env={"COLUMNS": "200"})
    assert help_text.exit_code == 0
    printed = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", help_text.output)) - {"--help"}
    section = COMMANDS_PAGE.read_text("utf-8").split(f"\n## {name}\n")[1].split("\n## ")[0]
    assert printed == set(re.findall(r"(?<=`)--[a-z][a-z-]*", section))


@pytest.mark.parametrize("path", INSTRUMENTS, ids=lambda path: path.stem)
def test_every_instrument_has_a_page_of_its_rights(path):
    rights = path.parent / "rights" / f"{path.stem}.md"
    assert rights.read_text("utf-8").startswith("# Rights in ")


def headings(page):
    """Anchors as GitHub makes them: lower case, without signs, spaces as hyphens."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    broken = []
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue  # another site: not ours to promise
        place, _, anchor = link.partition("#")
        target = (page.parent / place) if place else page
        if not target.exists() or (anchor and anchor not in headings(target)):
            broken.append(link)
    assert broken == []


def test_there_are_pages_with_links():
    assert DROP_ALARM_PAGE in PAGES
    assert len(INSTRUMENTS) >= 51


def table_under(heading, page):
    """Rows of numbers of the first table whose head starts like this."""
    lines = page.read_text("utf-8").split(f"\n| {heading}")[1].splitlines()[2:]
    rows = [line for line in lines[: lines.index("")] if line.startswith("|")]
    return [[float(cell.strip(" %")) for cell in row.strip("|").split("|")] for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("row", table_under("budget", DROP_ALARM_PAGE), ids=lambda row: str(row[0]))
def test_the_drop_alarm_finds_what_its_page_says(row):
    budget, *stated = row
    model = known_model(mean=7, between_sd=1.5, within_sd=1)
    rng = np.random.default_rng(7)
    rule = alarm_thresholds(model=model, budget=budget, rng=rng)
    found = sensitivity(rule=rule, model=model, rng=rng, n_courses=40_000)
    np.testing.assert_allclose(100 * np.r_[found.one_session, found.lasting], stated, atol=1.5)


def test_the_drop_alarm_s_page_says_how_many_a_short_course_may_flag():
    page = DROP_ALARM_PAGE.read_text("utf-8")
    shares = [100 * allowed_share(budget=0.05, n_sessions=n) for n in (3, 5, 8, 12, 20, 30)]
    assert "budget .05 | " + " | ".join(f"{share:.1f} %" for share in shares) + " |" in page
