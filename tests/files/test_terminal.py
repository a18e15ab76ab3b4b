"""The terminal names whom to think about first, with the reason in words."""

import io

from rich.console import Console

import made_up_readings as made_up
from rapport.files.terminal import print_summary


def said(reading, **options):
    stream = io.StringIO()
    print_summary(reading, console=Console(file=stream, width=200), **options)
    return stream.getvalue()


def test_who_needs_attention_stands_first_with_the_reason_and_own_words():
    text = said(made_up.practice())
    assert text.startswith("Callum first. Then 3 more worth a thought.")
    assert "Callum’s rating fell from 21 to 11" not in text.splitlines()[0]
    assert text.index("He marked tension between you") < text.index("rating fell from 21 to 11")
    assert "“Whatever.”" in text


def test_the_others_are_counted_without_reassurance():
    text = said(made_up.practice())
    assert "For the other 6 clients nothing in the answers asks for attention." in text
    assert "That is not the same as nothing being there." in text


def test_a_quiet_practice_says_so():
    text = said(made_up.quiet_practice())
    assert text.startswith("Nothing in the latest answers asks for attention.")
    assert "Sarah" not in text


def test_an_empty_reading_says_that_nothing_was_read():
    assert said(made_up.reading([])).strip() == "No course has been read yet."


def test_no_more_than_the_limit_are_named_and_the_rest_is_counted():
    text = said(made_up.practice(), limit=1)
    assert "Anjali" not in text
    assert "3 more ask for attention" in text


def test_names_are_text_not_markup_and_not_terminal_commands():
    client = made_up.callum()
    strange = made_up.renamed(client, "[red]x[/red]\x1b[2J")
    text = said(made_up.reading([strange]))
    assert "[red]x[/red][2J first." in text
    assert "\x1b" not in text


def test_warnings_are_printed():
    assert "Note: Yusuf did not answer the form of session 4." in said(made_up.practice())
