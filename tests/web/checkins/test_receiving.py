"""Answers are kept once, whole, scored, with their flag, or not at all."""

import ast
import json
from pathlib import Path

import pytest
from practice_cast import NOW

from rapport.web.audit.queries import lines_about, verify
from rapport.web.checkins.errors import AlreadyAnswered, WrongForm
from rapport.web.checkins.models import ROUTES, Answers, Draft, Occasion, Receipt
from rapport.web.checkins.queries import check_ins_of
from rapport.web.core.errors import NotHere
from rapport.web.measures.errors import BadAnswers
from rapport.web.people.errors import NotAllowed
from rapport.web.people.queries import reader_of
from rapport.web.safety.models import Flag, Notice

CHECKIN = "rapport-checkin-client"
WEB = Path(__file__).parents[3] / "src/rapport/web"


def phq9(**given):
    return {f"q{n}": 1 for n in range(1, 9)} | {"q9": 0} | given


def test_answers_scores_and_words_come_back_to_the_therapist(cast, open_checkin, send, sarahs):
    occasion, (form,) = open_checkin("gad-7")
    send(occasion, {str(form): {f"q{n}": 2 for n in range(1, 8)}}, words="I nodded.")
    (came,) = check_ins_of(sarahs, reader=reader_of(cast.imani), at=NOW)
    assert (came.words, came.scores[form]["gad-7"]) == ("I nodded.", 14)
    assert came.answers[form]["q1"] == 2


def test_what_was_not_answered_is_none_and_never_zero(cast, open_checkin, send, sarahs):
    occasion, (form,) = open_checkin("gad-7")
    send(occasion, {str(form): {"q1": 0, "q2": None}})
    (came,) = check_ins_of(sarahs, reader=reader_of(cast.imani), at=NOW)
    assert came.answers[form] == {"q1": 0} | {f"q{n}": None for n in range(2, 8)}
    assert came.scores[form]["gad-7"] is None


def test_nothing_of_it_stands_in_clear(open_checkin, send):
    occasion, (form,) = open_checkin("gad-7")
    send(occasion, {str(form): {"q1": 3}}, words="canary words")
    kept, receipt = Answers.objects.get(), Receipt.objects.get()
    assert b"q1" not in bytes(kept.content)
    assert b"gad" not in bytes(kept.scores)
    assert b"canary" not in bytes(receipt.words)
    assert "canary" not in json.dumps([line.detail for line in lines_about(occasion)])


def test_a_colleague_and_the_front_desk_read_none_of_it(cast, open_checkin, send, sarahs):
    occasion, (form,) = open_checkin("gad-7")
    send(occasion, {str(form): {"q1": 3}})
    with pytest.raises(NotHere):
        check_ins_of(sarahs, reader=reader_of(cast.benedikt), at=NOW)
    with pytest.raises(NotAllowed):
        check_ins_of(sarahs, reader=reader_of(cast.ruth), at=NOW)


def test_the_same_submission_again_gives_the_same_receipt(open_checkin, send):
    occasion, (form,) = open_checkin("gad-7")
    answers = {str(form): {"q1": 3}}
    assert send(occasion, answers, words="once") == send(occasion, answers, words="once")
    assert (Answers.objects.count(), Receipt.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "other",
    [{"words": "other words"}, {"key": "another key"}, {"answers": {"q1": 0}}],
    ids=["other words", "another key", "other answers"],
)
def test_other_answers_overwrite_nothing(open_checkin, send, other):
    occasion, (form,) = open_checkin("gad-7")
    send(occasion, {str(form): {"q1": 3}})
    changed = {str(form): other.pop("answers", {"q1": 3})}
    with pytest.raises(AlreadyAnswered):
        send(occasion, changed, **other)
    assert json.loads(Answers.objects.get().get("content"))["q1"] == 3


@pytest.mark.parametrize("given", [{"q1": 4}, {"q1": -1}, {"q1": True}, {"q99": 1}, {"q1": 1.5}])
def test_an_answer_that_the_form_does_not_have_keeps_nothing(open_checkin, send, given):
    occasion, (form,) = open_checkin("gad-7")
    with pytest.raises(BadAnswers):
        send(occasion, {str(form): {"q2": 1} | given})
    assert (Answers.objects.count(), Receipt.objects.count()) == (0, 0)
    assert Occasion.one(occasion).state == "open"


def test_answers_to_a_form_that_is_not_asked_are_refused(open_checkin, send):
    occasion, _ = open_checkin("gad-7")
    _, (other,) = open_checkin("gad-2")
    with pytest.raises(WrongForm):
        send(occasion, {str(other): {"q1": 1}})


def test_a_risk_answer_comes_with_its_flag_its_notice_and_help(cast, open_checkin, send):
    occasion, (form,) = open_checkin("phq-9", moment="before")
    kept = send(occasion, {str(form): phq9(q9=1)})
    flag = Flag.objects.get()
    assert [one.kind for one in kept.help] == ["self-harm"]
    assert (flag.answers_id, flag.owner_id) == (occasion, cast.imani)
    assert json.loads(flag.get("content"))["answer"] == "Several days"
    assert Notice.objects.get().to_id == cast.imani


def test_sent_twice_a_risk_answer_has_one_flag_and_help_both_times(open_checkin, send):
    occasion, (form,) = open_checkin("phq-9", moment="before")
    answers = {str(form): phq9(q9=3)}
    assert send(occasion, answers).help
    assert send(occasion, answers).help
    assert Flag.objects.count() == 1


@pytest.mark.parametrize("answer", [0, None])
def test_not_at_all_and_not_answered_raise_no_flag(open_checkin, send, answer):
    occasion, (form,) = open_checkin("phq-9", moment="before")
    assert send(occasion, {str(form): phq9(q9=answer)}).help == ()
    assert Flag.objects.count() == 0


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_raises_the_flag(open_checkin, send, route):
    occasion, (form,) = open_checkin("phq-9", moment="before")
    send(occasion, {str(form): phq9(q9=1)}, route=route)
    assert Flag.objects.count() == 1


@pytest.mark.parametrize(
    "step",
    [
        "rapport.web.checkins.actions._keep_answers",
        "rapport.web.checkins.risk.raise_flag",
        "rapport.web.checkins.actions._finish",
        "rapport.web.safety.actions._tell",
        "rapport.web.audit.actions._keep",
    ],
)
def test_where_any_step_fails_nothing_is_kept(open_checkin, send, monkeypatch, step):
    occasion, (form,) = open_checkin("phq-9", moment="before")

    def broken(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(step, broken)
    with pytest.raises(OSError, match="disk full"):
        send(occasion, {str(form): phq9(q9=2)})
    there = (Answers, Receipt, Flag, Notice)
    assert [model.objects.count() for model in there] == [0, 0, 0, 0]
    assert Occasion.one(occasion).state == "open"
    assert verify().fault is None


def test_the_one_line_in_the_log_holds_no_answer(open_checkin, send):
    occasion, (form,) = open_checkin("gad-7")
    send(occasion, {str(form): {"q1": 3}})
    lines = lines_about(occasion)
    assert [line.deed for line in lines] == ["check-in opened", "check-in received"]
    assert lines[-1].detail == {"route": "link"}


def test_of_a_form_on_paper_the_true_date_is_kept(cast, open_checkin, send, sarahs):
    occasion, (form,) = open_checkin("gad-7")
    day = NOW.replace(day=1)
    send(occasion, {str(form): {"q1": 1}}, route="paper", answered_at=day)
    (came,) = check_ins_of(sarahs, reader=reader_of(cast.imani), at=NOW)
    assert came.answered_at == day


def test_answers_are_made_in_one_place_of_the_whole_application():
    """A route that keeps answers without the one action would drop flags: it fails here."""
    makers = [
        f"{path.relative_to(WEB)}:{call.lineno}"
        for path in WEB.rglob("*.py")
        if "migrations" not in path.parts
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and _makes_answers(call)
    ]
    assert len(makers) == 1
    assert makers[0].startswith("checkins/actions.py")


def _makes_answers(call):
    text = ast.unparse(call.func)
    return text == "Answers" or (text.startswith("Answers.objects.") and text.endswith("create"))


def test_a_draft_counts_for_nothing_and_goes_when_the_answers_come(open_checkin, send, sarahs):
    occasion, (form,) = open_checkin("gad-7")
    draft = Draft(occasion_id=occasion)
    draft.put("content", json.dumps({str(form): {"q1": 3}}))
    draft.save()
    assert Answers.objects.count() == 0
    send(occasion, {str(form): {"q1": 1}})
    assert Draft.objects.count() == 0
