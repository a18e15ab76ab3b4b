"""Rows that are written in Python say what a template would have said, escaped as there."""

from django.template import Context, Template

from rapport.web.practice.relationship import Quoted

STRANGE = """<b>"Tom" & 'Ines'</b>"""
SAFE = "&lt;b&gt;&quot;Tom&quot; &amp; &#x27;Ines&#x27;&lt;/b&gt;"


def written(template, **told):
    return Template("{% load rows %}" + template).render(Context(told))


def test_the_first_cell_heads_its_row_and_every_cell_is_escaped():
    rows = [["1", STRANGE], [STRANGE, ""]]
    assert written("{{ rows|table_rows }}", rows=rows) == (
        f'<tr><th scope="row">1</th><td>{SAFE}</td></tr>\n'
        f'<tr><th scope="row">{SAFE}</th><td></td></tr>\n'
    )


def test_own_words_are_escaped():
    words = [Quoted(text=STRANGE, when="after session 3")]
    assert written("{{ words|notes }}", words=words) == (
        f'<p class="words">“{SAFE}”<br><span class="small">after session 3</span></p>'
    )


def test_of_nothing_there_are_no_rows():
    assert written("{{ rows|table_rows }}{{ rows|notes }}", rows=[]) == ""
