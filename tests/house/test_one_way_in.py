"""Answers come in through one function; any other maker of answers would drop flags."""

import ast
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "src/rapport/web"
ONE_WAY = "checkins/actions.py"
# Many rows at once, for made-up people alone; refuses every answer that would raise a flag, and an
# import rule keeps everybody else from it.
MADE_UP = "checkins/bulk.py"
ROWS = ("Answers", "Receipt")
MAKING = ("create", "bulk_create", "get_or_create", "update_or_create", "keep_many")
# Where a flag is made, and where an action may ask for one.
FLAGS = {"safety/actions.py": ("Flag",), "checkins/risk.py": ("raise_flag",)}


def calls(text):
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]


def made_in(text, rows):
    """Names of these rows that a text makes: by their class, by a manager, by their tables."""
    found = [row for call in calls(text) for row in rows if _makes(ast.unparse(call.func), row)]
    return found + [row for row in rows if f"checkins_{row.lower()}" in text]


def _makes(function, row):
    by_manager = function.startswith(f"{row}.") and function.rsplit(".", 1)[1] in MAKING
    return function == row or function.endswith(f"models.{row}") or by_manager


def asked_by_name(text):
    """A model that is fetched by its name escapes every other look."""
    return [
        call
        for call in calls(text)
        if ast.unparse(call.func).endswith("get_model") and "heckins" in ast.unparse(call)
    ]


def sources():
    for path in sorted(WEB.rglob("*.py")):
        if "migrations" not in path.parts:
            yield str(path.relative_to(WEB)), path.read_text("utf-8")


def test_answers_and_receipts_are_made_in_one_file_only():
    makers = {place for place, text in sources() if made_in(text, ROWS) or asked_by_name(text)}
    assert makers == {ONE_WAY, MADE_UP}


def test_no_file_renames_them_on_import():
    renamed = [
        place
        for place, text in sources()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom)
        for name in node.names
        if name.name in ROWS and name.asname
    ]
    assert renamed == []


def test_flags_are_made_where_the_notice_is_and_asked_for_where_answers_come_in():
    makers = {place for place, text in sources() if made_in(text, ("Flag",))}
    assert makers == {"safety/actions.py"}
    askers = {
        place
        for place, text in sources()
        if any(ast.unparse(call.func).endswith("raise_flag") for call in calls(text))
    }
    assert askers == {"checkins/risk.py"}


@pytest.mark.parametrize(
    "planted",
    [
        "Answers(occasion=of)",
        "Receipt.objects.create(occasion=of)",
        "models.Answers(occasion=of)",
        "Answers.objects.bulk_create(rows)",
        "Answers.objects.filter(x=1).update_or_create(y=2)",
        "cursor.execute('insert into checkins_answers values (1)')",
    ],
)
def test_a_planted_maker_is_seen(planted):
    assert made_in(planted, ROWS)


@pytest.mark.parametrize(
    "innocent", ["Answers.objects.filter(x=1)", "def f() -> Answers: ...", "AnswersSeen()"]
)
def test_who_only_reads_is_not_taken_for_a_maker(innocent):
    assert not made_in(innocent, ROWS)


def test_a_model_fetched_by_name_is_seen():
    assert asked_by_name("apps.get_model('checkins', 'Answers').objects.create()")
