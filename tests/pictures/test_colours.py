"""The style sheet's promises: contrast in light, dark and print; kinds told apart by dash too."""

import re
from itertools import combinations

import pytest

from rapport.files.report.cases import OTHERS
from rapport.pictures import style

KINDS = ("client", "therapist", "partner", "third", "fourth")
LINES = (*KINDS, "axis", "amber-mark", "accent")


def palettes():
    """The colours of each medium; dark and print change some of the light ones."""
    found = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))
        for block in re.findall(r":root \{(.*?)\}", style(), flags=re.S)
    ]
    light, dark, printed = found
    return {"light": light, "dark": {**light, **dark}, "print": {**light, **printed}}


def luminance(colour):
    """Relative luminance of the Web Content Accessibility Guidelines 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def rules(selector):
    """What the style sheet says of exactly this selector, on screen first, then in print."""
    return re.findall(rf"{re.escape(selector)} \{{(.*?)\}}", style())


def dash(kind, *, printed=False):
    said = [re.search(r"stroke-dasharray: ([^;]+);", rule) for rule in rules(f".line.{kind}")]
    found = [match[1] for match in said if match]
    screen, paper = rules(f".line.{kind}")[0], found[-1] if found else "solid"
    return paper if printed or "dasharray" in screen else "solid"


def test_contrast_is_measured_as_the_guidelines_do():
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("medium", ["light", "dark", "print"])
@pytest.mark.parametrize("name", LINES)
def test_lines_marks_and_the_focus_stand_out_from_the_paper(medium, name):
    palette = palettes()[medium]
    assert contrast(palette[name], palette["paper"]) >= 3


@pytest.mark.parametrize("medium", ["light", "dark", "print"])
@pytest.mark.parametrize("name", [*KINDS, "ink", "soft", "amber"])
def test_words_in_pictures_can_be_read(medium, name):
    palette = palettes()[medium]
    assert contrast(palette[name], palette["paper"]) >= 4.5


@pytest.mark.parametrize("medium", ["light", "dark"])
def test_each_kind_of_line_has_a_colour_of_its_own_on_screen(medium):
    colours = [palettes()[medium][kind] for kind in KINDS]
    assert len(set(colours)) == len(KINDS)


def test_members_of_a_case_are_told_apart_by_dash_on_screen_and_on_paper():
    for one, other in combinations(OTHERS, 2):
        assert dash(one) != dash(other)
    for one, other in combinations(KINDS, 2):
        assert dash(one, printed=True) != dash(other, printed=True)


def test_sentences_and_the_highlight_are_never_printed():
    printed = style()[style().rindex("@media print") :]
    assert ".picture .columns { display: none; }" in printed


def test_focus_is_shown_by_an_outline_not_by_colour_alone():
    (rule,) = rules(".columns g:focus-visible path + path")[:1]
    assert "stroke-width: 2" in rule
