"""The report in a real browser: no network, accessible, no sideways scroll, prints."""

import re
import shutil
from dataclasses import replace

import pytest

import made_up_readings as made_up
from rapport.files.report.page import write_report

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium not found"),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(made_up.practice(), title="A made-up practice", made="8 April 2026", path=path)
    return path


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, report):
    """Open the report; every request it makes and every complaint is written down."""
    contexts = []

    def open_page(*, width=1280, scheme="light", path=report):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_the_report_asks_nothing_of_any_network_and_complains_of_nothing(opened, report):
    page = opened()
    page.wait_for_timeout(200)
    assert page.asked == [report.as_uri()]
    assert page.complaints == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_scrolls_sideways(opened, width):
    page = opened(width=width)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_axe_finds_nothing(opened, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = axe.run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def test_a_name_with_a_script_in_it_runs_nothing(opened, tmp_path):
    evil = made_up.renamed(made_up.callum(), "<img src=x onerror=\"document.title='hit'\">")
    evil = replace(evil, headline="<script>document.title='hit'</script>")
    path = tmp_path / "evil.html"
    write_report(made_up.reading([evil]), title="</title><script>1</script>", made="m", path=path)
    page = opened(path=path)
    assert page.title() != "hit"
    assert page.locator("script, img").count() == 0


def test_the_caseload_leads_to_the_page_and_back_by_keyboard(opened):
    page = opened()
    page.get_by_role("link", name="Callum", exact=True).first.focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#p1")
    heading = page.get_by_role("heading", name=re.compile("felt less heard"))
    assert heading.evaluate("e => e.getBoundingClientRect().top") < 900
    summary = page.locator("#p1-0 summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert summary.evaluate("e => e.parentElement.open")


def test_every_picture_has_a_table_or_words_beside_it_and_a_name(opened):
    page = opened()
    pictures = page.locator("svg[role=img], svg[role=group]")
    assert pictures.count() > 20
    names = pictures.evaluate_all("all => all.map(e => e.querySelector('title').textContent)")
    assert all(names)


def test_it_prints_one_sheet_for_each_client_and_case(opened):
    page = opened()
    sheets = len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True)))
    clients, shared_pages, caseload, methods = 9 + 1, 2, 1, 1
    assert sheets == clients + shared_pages + caseload + methods


def test_controls_can_be_touched(opened):
    page = opened(width=390)
    heights = page.locator("summary:visible, nav a").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


def column(page, number):
    return page.locator("#p1-0 .wide-only").first.locator("g[tabindex]").nth(number)


def shown(page):
    """The sentences that stand under pictures now."""
    return page.locator(".columns g").evaluate_all(
        "all => all.filter(e => e.checkVisibility({visibilityProperty: true}))"
        ".filter(e => getComputedStyle(e.querySelector('text')).visibility === 'visible')"
        ".map(e => e.getAttribute('aria-label'))"
    )


def test_tab_goes_from_session_to_session_and_each_shows_its_sentence(opened):
    page = opened()
    column(page, 0).focus()
    for number in (1, 2):
        page.keyboard.press("Tab")
        assert shown(page) == [column(page, number).get_attribute("aria-label")]
    assert shown(page)[0].startswith("Session 3")


def test_the_pointer_shows_a_sentence_too_and_goes_before_the_focus(opened):
    page = opened()
    column(page, 0).focus()
    page.keyboard.press("Tab")
    column(page, 4).locator("path").last.hover()
    assert shown(page) == [column(page, 4).get_attribute("aria-label")]


@pytest.mark.parametrize(("width", "size"), [(1280, "wide"), (390, "compact")])
def test_a_sentence_covers_nothing_and_stays_on_the_page(opened, width, size):
    page = opened(width=width)
    covered = page.locator(f".{size}-only:visible .picture:has(.columns)").evaluate_all(
        """all => all.filter(picture => {
            const box = e => e.getBoundingClientRect();
            const drawn = [...picture.querySelectorAll('[aria-hidden] text')].map(box);
            const below = picture.closest('.main').querySelector('.limit, .taps');
            return [...picture.querySelectorAll('.columns text')].map(box).some(words =>
                words.top < Math.max(...drawn.map(d => d.bottom)) - 4
                || words.right > innerWidth
                || words.bottom > box(below).top + 4);
        }).map(e => e.querySelector('title').textContent)"""
    )
    assert covered == []


def test_print_has_no_sentences_of_single_sessions(opened):
    page = opened()
    column(page, 0).focus()
    page.keyboard.press("Tab")
    page.emulate_media(media="print")
    assert page.locator(".columns:visible").count() == 0
