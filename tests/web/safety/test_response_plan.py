"""No question about risk is asked before somebody is there to answer: of 64 settings one opens."""

from itertools import product

import pytest
from practice_cast import NOW

from rapport.web.people.models import Practice, Staff
from rapport.web.safety.actions import must_be_open, set_response_plan
from rapport.web.safety.errors import RiskQuestionsLocked
from rapport.web.safety.queries import NEEDED, help_for, missing_for_risk_questions


@pytest.fixture
def settings_of_six(cast):
    return [
        {"responder": cast.imani},
        {"backup": cast.benedikt},
        {"hours": "Mon to Fri, 9 to 17"},
        {"minutes": 30},
        {"emergency": "112", "help_text": {"en": "Helpline", "de": "Telefonseelsorge"}},
        {"consent_text": {"en": "We read answers on working days."}},
    ]


@pytest.mark.slow
def test_of_all_combinations_of_settings_only_the_complete_one_opens(cast, settings_of_six):
    opened = []
    for chosen in product([False, True], repeat=6):
        _empty(cast)
        for there, told in zip(chosen, settings_of_six, strict=True):
            if there:
                set_response_plan(by=cast.RAPPORT, at=NOW, **told)
        missing = missing_for_risk_questions(at=NOW)
        assert missing == [n for n, there in zip(NEEDED, chosen, strict=True) if not there]
        if not missing:
            opened.append(chosen)
    assert opened == [(True,) * 6]


def _empty(cast):
    set_response_plan(
        responder=None, backup=None, hours="", minutes=None, emergency="", help_text={},
        consent_text={}, outside="", by=cast.RAPPORT, at=NOW,
    )  # fmt: skip


def complete(cast, settings_of_six):
    for told in settings_of_six:
        set_response_plan(by=cast.RAPPORT, at=NOW, **told)


def test_without_any_plan_everything_is_missing_and_said(practice):
    with pytest.raises(RiskQuestionsLocked, match="who answers, who steps in") as refused:
        must_be_open(at=NOW)
    assert refused.value.status == 409


def test_when_the_last_responder_leaves_it_locks_again(cast, settings_of_six):
    complete(cast, settings_of_six)
    must_be_open(at=NOW)
    gone = Staff.one(cast.imani)
    gone.left_at = NOW
    gone.save()
    with pytest.raises(RiskQuestionsLocked, match="who answers"):
        must_be_open(at=NOW)


def test_a_practice_of_one_names_somebody_outside(cast, settings_of_six):
    complete(cast, settings_of_six)
    set_response_plan(backup=None, by=cast.RAPPORT, at=NOW)
    assert missing_for_risk_questions(at=NOW) == ["who steps in"]
    set_response_plan(outside="Dr. Example, on call, 0800 000", by=cast.RAPPORT, at=NOW)
    assert missing_for_risk_questions(at=NOW) == []


def test_help_is_given_in_the_clients_language_and_never_made_up(cast, settings_of_six):
    assert help_for("en").text is None
    complete(cast, settings_of_six)
    assert help_for("de").text == "Telefonseelsorge"
    assert help_for("es").text == "Helpline"
    assert (help_for("en").emergency, help_for("en").minutes) == ("112", 30)


@pytest.mark.parametrize("texts", [{"de": "Telefonseelsorge"}, {"de": "d", "es": "e", "en": ""}])
def test_help_lines_in_other_languages_than_the_practices_open_nothing(
    cast, settings_of_six, texts
):
    complete(cast, settings_of_six)
    set_response_plan(help_text=texts, by=cast.RAPPORT, at=NOW)
    assert missing_for_risk_questions(at=NOW) == ["help lines in the practice's language"]


def test_a_client_of_a_language_without_a_text_gets_the_practices(cast, settings_of_six):
    complete(cast, settings_of_six)
    Practice.objects.update(language="de")
    assert missing_for_risk_questions(at=NOW) == []
    assert help_for("es").text == "Telefonseelsorge"


def test_what_is_not_told_stays_as_it_was(cast, settings_of_six):
    complete(cast, settings_of_six)
    set_response_plan(minutes=60, by=cast.RAPPORT, at=NOW)
    assert missing_for_risk_questions(at=NOW) == []
