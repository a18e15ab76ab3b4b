"""No page, sentence or program text calls anybody a risk, or anybody safe (P5 of our promises)."""

import re
from pathlib import Path

import pytest

RAPPORT = Path(__file__).resolve().parents[2] / "src/rapport"
LEVELS = {
    "en": r"(low|medium|moderate|high|severe|elevated|increased|acute|imminent|no|minimal)[- ]risk"
    r"|risk[- ](level|score|class|category|group|stratum|rating|assessment result)"
    r"|(not|no longer) at risk|all[- ]clear|(is|are|seems?|appears?) safe( now| again)?[.,\"<]"
    r"|no danger|out of danger|nothing to worry|attention[- ]seeking|(failed|successful) attempt",
    "de": r"(kein|geringes|niedriges|mittleres|mäßiges|hohes|erhöhtes|akutes) risiko"
    r"|risiko(stufe|klasse|wert|gruppe|einschätzung)|entwarnung|keine gefahr|außer gefahr"
    r"|nicht (gefährdet|suizidal)|(ist|sind|scheint) (wieder )?sicher[.,\"<]|unbedenklich",
    "es": r"(sin|bajo|poco|medio|moderado|alto|elevado) riesgo"
    r"|riesgo (bajo|medio|moderado|alto|elevado)"
    r"|nivel de riesgo|fuera de peligro|sin peligro|no hay peligro|(está|están) a salvo[.,\"<]",
}
NEVER = re.compile("|".join(f"(?:{words})" for words in LEVELS.values()), re.IGNORECASE)
# What the intended use says it does not do is said in these words.
MEANT = ("does not assess or rule out suicide risk", "nothing here says that somebody is safe.")


def shown():
    """Everything that a person may be shown: templates, sentences, scripts, and program texts."""
    for pattern in (
        "web/**/*.html",
        "web/**/*.toml",
        "web/**/*.js",
        "web/**/*.py",
        "files/**/*.py",
    ):
        yield from sorted(RAPPORT.glob(pattern))
    yield from sorted((RAPPORT / "instruments").glob("**/rapport-*.toml"))


def found_in(text):
    for meant in MEANT:
        text = text.replace(meant, "")
    return NEVER.findall(text)


@pytest.mark.parametrize("path", list(shown()), ids=lambda p: str(p.relative_to(RAPPORT)))
def test_no_text_names_a_level_of_risk_or_gives_the_all_clear(path):
    assert found_in(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "planted",
    ["High risk", "risk level: 2", "All clear.", "She is safe now.", "Kein Risiko", "Entwarnung",
     "riesgo alto", "fuera de peligro", "not at risk", "low-risk clients"],
)  # fmt: skip
def test_a_planted_word_is_seen(planted):
    assert found_in(planted)


@pytest.mark.parametrize(
    "innocent",
    ["A question about risk", "It felt safe to speak with the others there.", "safety",
     "If you are in danger now, call 112.", "drop-out risk", "durch Sie in Gefahr"],
)  # fmt: skip
def test_words_that_are_needed_are_let_through(innocent):
    assert found_in(innocent) == []
