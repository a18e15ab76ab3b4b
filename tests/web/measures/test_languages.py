"""Our own forms in English, Spanish and German: other words, the same numbers."""

import tomllib

import pytest

from rapport.files.instruments import languages_of, load_instrument
from rapport.files.translations import HOME, translated, translations_of
from rapport.science.errors import BadInputError
from rapport.science.scoring.checks import faults_of

OWN = [f"rapport-checkin-{who}" for who in ("client", "therapist", "member")]
UNREAD = {"es": "aún no leída", "de": "noch niemand gelesen"}


def words(shown):
    options = [option.label for question in shown.questions for option in question.options]
    return [question.text for question in shown.questions] + options


@pytest.mark.parametrize("name", [*OWN, "rapport-goals"])
@pytest.mark.parametrize("language", ["es", "de"])
def test_a_translation_scores_as_the_english_form(pinned, name, language):
    here, english = pinned(name, language), pinned(name)
    for pick in (0, -1, 1, 3):
        answers = {q.id: q.options[pick].value for q in english.questions if q.scored}
        made = [(s.id, s.value, s.why_none) for s in here.scores(answers)]
        assert made == [(s.id, s.value, s.why_none) for s in english.scores(answers)]


@pytest.mark.parametrize("name", [*OWN, "rapport-goals"])
@pytest.mark.parametrize("language", ["es", "de"])
def test_every_word_of_a_translation_is_translated_and_the_mark_reaches_the_reader(
    pinned, name, language
):
    here, english = pinned(name, language), pinned(name)
    digits = {str(n) for n in range(11)}
    left = (set(words(here)) & set(words(english))) - digits - {"no"}
    assert not left
    assert UNREAD[language] in here.notice
    assert UNREAD[language] not in (english.notice or "")
    assert (here.language, here.wanted_language) == (language, None)
    assert [(q.id, q.safety, q.scored) for q in here.questions] == [
        (q.id, q.safety, q.scored) for q in english.questions
    ]


@pytest.mark.parametrize("name", OWN)
def test_a_translated_file_agrees_with_itself_and_keeps_every_rule(name):
    english = load_instrument(name)
    for language in languages_of(name)[1:]:
        there = load_instrument(name, language=language)
        assert faults_of(instrument=there) == []
        rules = [[(i.id, i.reverse, i.safety, i.direct_answer) for i in f.items] for f in
                 (english, there)]  # fmt: skip
        assert rules[0] == rules[1]
        assert there.languages_available == "de, en, es"


@pytest.mark.parametrize(("language", "said"), [("es", "español"), ("de", "nicht auf Deutsch")])
def test_a_form_without_a_translation_is_in_its_own_language_and_says_so(pinned, language, said):
    shown = pinned("gad-7", language)
    assert (shown.language, shown.wanted_language) == ("en", language)
    assert said in shown.notice
    assert shown.id == pinned("gad-7").id


def test_a_language_nobody_translated_into_gets_english_and_a_word_about_it(pinned):
    shown = pinned("rapport-checkin-client", "fr")
    assert (shown.language, shown.wanted_language) == ("en", "fr")
    assert "no text in 'fr'" in shown.notice


def test_nobody_is_addressed_as_a_child():
    """Spanish says usted, German Sie."""
    for path in HOME.glob("*.toml"):
        told = " ".join(str(v) for v in tomllib.loads(path.read_text("utf-8"))["items"].values())
        found = f" {told.lower()} ".replace(".", " ").replace("?", " ").split()
        assert not set(found) & {"tú", "te", "tu", "tus", "contigo", "du", "dich", "dir", "dein"}


def data(name="rapport-checkin-client"):
    from rapport.files.instruments import PACKAGED

    return tomllib.loads((PACKAGED / f"{name}.toml").read_text("utf-8"))


@pytest.fixture
def changed(tmp_path):
    """The Spanish client form with something in it replaced."""

    def write(old, new):
        text = translations_of("rapport-checkin-client")["es"].read_text("utf-8")
        assert old in text
        (tmp_path / "rapport-checkin-client.es.toml").write_text(text.replace(old, new), "utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('of_version = "0.1', 'of_version = "0.0', "made from another version"),
        ('"nada", ', "", "answers amount: 5 words needed"),
        ("myself = ", "itself = ", "myself is missing"),
        ("settled = ", 'extra = "x"\nsettled = ', "extra is not a known key"),
    ],
)
def test_a_translation_that_is_not_whole_is_refused(changed, old, new, said):
    with pytest.raises(BadInputError, match=said):
        translated(data(), "es", home=changed(old, new))


def test_once_read_by_a_native_speaker_the_mark_is_gone(changed):
    mark = next(
        line
        for line in translations_of("rapport-checkin-client")["es"].read_text("utf-8").splitlines()
        if line.startswith("not_yet_read")
    )
    notice = translated(data(), "es", home=changed(mark + "\n", ""))["notice"]
    assert "validada" in notice
    assert "aún no leída" not in notice


def test_a_language_that_is_not_there_is_said():
    with pytest.raises(BadInputError, match="no text in 'fr'; there is en, de, es"):
        translated(data(), "fr")
