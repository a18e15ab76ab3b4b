"""Settings: each stands on the page; a missing one says what to do; secrets may come from files."""

import re
from pathlib import Path

import pytest

from rapport.web.core import environment
from rapport.web.site import settings

ROOT = Path(__file__).parents[2]


def test_the_page_names_every_setting_and_no_other():
    code = "".join(p.read_text("utf-8") for p in (ROOT / "src/rapport/web").rglob("*.py"))
    asked = set(re.findall(r'environment\.\w+\("(RAPPORT_\w+)"', code))
    page = (ROOT / "docs/reference/settings.md").read_text("utf-8")
    assert asked == set(re.findall(r"^\| `(\w+)`", page, flags=re.MULTILINE))


def test_a_missing_setting_names_itself_and_the_page(monkeypatch):
    monkeypatch.delenv("RAPPORT_PRACTICE_KEY", raising=False)
    with pytest.raises(
        environment.Misconfigured, match=r"RAPPORT_PRACTICE_KEY is not set.*settings"
    ):
        environment.text("RAPPORT_PRACTICE_KEY")


@pytest.mark.parametrize("written", ["", "abc", "zz" * 32, "00" * 31, "00" * 33])
def test_a_key_that_is_none_is_refused_without_being_shown(monkeypatch, written):
    monkeypatch.setenv("RAPPORT_PRACTICE_KEY", written)
    with pytest.raises(environment.Misconfigured, match="64 hexadecimal digits") as refused:
        environment.key("RAPPORT_PRACTICE_KEY")
    assert not written or written not in str(refused.value).replace("64", "")


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("ab" * 32 + "\n")
    monkeypatch.setenv("RAPPORT_PRACTICE_KEY_FILE", str(tmp_path / "key"))
    assert environment.key("RAPPORT_PRACTICE_KEY") == bytes.fromhex("ab" * 32)
    monkeypatch.setenv("RAPPORT_PRACTICE_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(environment.Misconfigured, match="can't be read"):
        environment.key("RAPPORT_PRACTICE_KEY")


@pytest.mark.parametrize(("written", "on"), [("on", True), ("off", False)])
def test_a_flag_is_on_or_off(monkeypatch, written, on):
    monkeypatch.setenv("RAPPORT_X", written)
    assert environment.flag("RAPPORT_X", default=not on) is on
    monkeypatch.setenv("RAPPORT_X", "yes")
    with pytest.raises(environment.Misconfigured, match="write on or off"):
        environment.flag("RAPPORT_X", default=on)


def test_the_database_is_a_file_at_home_or_the_named_server(monkeypatch):
    monkeypatch.setenv("RAPPORT_DATABASE", "")
    assert settings.databases()["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    monkeypatch.setenv("RAPPORT_DATABASE", "host=db port=5433 user=u password=p dbname=clinic")
    named = settings.databases()["default"]
    assert (named["NAME"], named["HOST"], named["PORT"]) == ("clinic", "db", "5433")
    assert (named["USER"], named["PASSWORD"]) == ("u", "p")


def test_passwords_are_hashed_slowly_on_purpose():
    assert settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
