"""The report: one file, caseload first, own words first, everything escaped."""

import re
from html.parser import HTMLParser

import pytest

import made_up_readings as made_up
from rapport.files.report.page import render_report, write_report


def rendered(reading):
    return render_report(reading, title="A made-up practice", made="8 April 2026")


@pytest.fixture(scope="module")
def page():
    return rendered(made_up.practice())


def test_the_headline_answers_whom_first(page):
    assert re.search(r"<h1>Callum first\. Then 2 more", page) or "<h1>Callum first." in page


def test_names_and_words_are_escaped_and_never_run():
    evil = '<script>alert("x")</script>'
    client = made_up.renamed(made_up.callum(), evil)
    text = rendered(made_up.reading([client]))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_formula_looking_name_stands_as_it_is():
    text = rendered(made_up.reading([made_up.renamed(made_up.callum(), "=1+1|cmd")]))
    assert "=1+1|cmd" in text


def test_nothing_is_asked_of_any_network(page):
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#)""", page)
    assert "url(" not in page
    assert "@import" not in page


class Balance(HTMLParser):
    """Every element that opens also closes, in order."""

    VOID = frozenset({"meta", "br"})

    def __init__(self):
        super().__init__()
        self.open, self.ids = [], []

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_markup_is_well_formed_and_every_id_is_unique(page):
    parser = Balance()
    parser.feed(page)
    assert parser.open == []
    assert len(parser.ids) == len(set(parser.ids))


def test_writing_leaves_the_old_file_when_a_fault_comes(tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old", "utf-8")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_report(made_up.practice(), title="t", made="m", path=path)
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
