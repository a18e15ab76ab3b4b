"""Each TOML file says what the licence-checked catalogue says; skipped where that is missing."""

from functools import cache

import pytest

from rapport.files.instruments import PACKAGED, available, load_instrument, noncommercial_pack

yaml = pytest.importorskip("yaml")

HEAD = ("id", "title", "version", "family", "informant", "recall", "language")
HEAD += ("languages_available", "minutes", "minutes_source")
NAMES = [n for n in available(noncommercial=True) if not n.startswith("rapport-")]


@pytest.fixture(scope="session")
def catalogue(shared):
    @cache
    def read(name):
        return yaml.safe_load((shared / "instruments" / f"{name}.yaml").read_text("utf-8"))

    return read


def both(catalogue, name):
    return load_instrument(name, noncommercial=True), catalogue(name)


def test_every_file_of_the_catalogue_became_an_instrument(shared):
    assert sorted(p.stem for p in (shared / "instruments").glob("*.yaml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_its_head_is_the_same(catalogue, name):
    ours, theirs = both(catalogue, name)
    for key in HEAD:
        assert getattr(ours, key) == theirs.get(key)
    assert list(ours.sources) == theirs["sources"]
    assert list(ours.unverified) == theirs["unverified_memory"]


@pytest.mark.parametrize("name", NAMES)
def test_its_rights_are_the_same(catalogue, name):
    ours, theirs = both(catalogue, name)
    licence = theirs["licence"]
    assert ours.licence.class_ == licence["class"]
    for key in ("tier", "spdx", "statement", "attribution", "commercial_use", "modification"):
        assert getattr(ours.licence, key) == licence[key]
    assert list(ours.licence.source) == licence["source"]
    assert ours.verification.status == theirs["verification"]["status"]
    assert ours.verification.warning == theirs["verification"].get("warning")


@pytest.mark.parametrize("name", NAMES)
def test_its_questions_are_the_same(catalogue, name):
    ours, theirs = both(catalogue, name)
    shown = ours.text_may_show(noncommercial=True)
    assert ours.stem == (theirs["stem"] if shown else None)
    assert ours.instruction == (theirs["instruction"] if shown else None)
    structure, wording = ("id", "number", "reverse"), ("text", "left", "right")
    for mine, other in zip(ours.items, theirs["items"], strict=True):
        assert [getattr(mine, key) for key in structure] == [other[key] for key in structure]
        assert mine.loinc == other.get("loinc")
        for key in wording:
            assert getattr(mine, key) == (other.get(key) if shown else None)
    assert [i.id for i in ours.extra_items] == [i["id"] for i in theirs.get("extra_items", [])]


@pytest.mark.parametrize("name", NAMES)
def test_its_answers_are_the_same(catalogue, name):
    ours, theirs = both(catalogue, name)
    for mine, other in zip(ours.items, theirs["items"], strict=True):
        answers = ours.answers_of(mine)
        if isinstance(other["options"], list):
            numbers = [o for o in other["options"] if o["value"] is not None]
            assert [(o.value, o.label) for o in answers.options] == [
                (o["value"], o["label"]) for o in numbers
            ]
            assert list(answers.unscored) == [
                o["label"] for o in other["options"] if o["value"] is None
            ]
        elif isinstance(other["options"], str):
            assert other["options"] in answers.described


@pytest.mark.parametrize("name", NAMES)
def test_its_subscales_and_safety_answers_are_the_same(catalogue, name):
    ours, theirs = both(catalogue, name)
    for mine, other in zip(ours.items, theirs["items"], strict=True):
        groups = other.get("subscales") or [other["subscale"]]
        assert list(mine.subscales) == [group for group in groups if group]
        risk = other["safety"]
        assert (mine.safety is None) == (risk is None)
        if risk:
            rule = mine.safety
            assert (rule.threshold, rule.compare) == (risk["threshold"], risk["compare"])
            assert (rule.action, rule.note) == (risk["action"], risk["note"])
            assert rule.kind == risk.get("kind", rule.kind)


@pytest.mark.parametrize("name", NAMES)
def test_its_score_range_and_prorating_are_the_same(catalogue, name):
    ours, theirs = both(catalogue, name)
    scoring = theirs["scoring"]
    assert ours.scoring.described == scoring["method"]
    assert ours.scoring.direction == scoring["direction"]
    assert ours.scoring.prorate == scoring["prorate"]["allowed"]
    assert ours.scoring.missing == scoring["prorate"]["rule"]
    rules = {rule.id: rule for rule in ours.scores}
    if isinstance(scoring["range"], dict):
        assert {n: [rules[n].minimum, rules[n].maximum] for n in scoring["range"]} == scoring[
            "range"
        ]
    elif scoring["range"] and rules.get("total", ours.scores[0]).method != "none":
        rule = rules.get("total", ours.scores[0])
        assert [rule.minimum, rule.maximum] == scoring["range"]
    allowed = scoring["prorate"].get("max_missing", 0)
    for rule in ours.scores:
        if not scoring["prorate"]["allowed"]:
            assert rule.needed == len(rule.items)
        elif allowed and rule.id == "total":
            assert len(rule.items) - rule.needed == allowed


@pytest.mark.parametrize("name", NAMES)
def test_its_bands_cut_offs_and_reliable_change_are_the_same(catalogue, name):
    ours, theirs = both(catalogue, name)
    assert [(b.score, b.label, b.minimum, b.maximum) for b in ours.bands] == [
        (b.get("subscale", "total"), b["label"], b["min"], b["max"]) for b in theirs["bands"]
    ]
    assert [(c.value, c.compare, c.label) for c in ours.cutoffs] == [
        (c["value"], c["compare"], c["label"]) for c in theirs["clinical_cutoff"]
    ]
    change = theirs["reliable_change"]
    mine = ours.reliable_change
    assert (mine.points, mine.sd, mine.source) == (change["rci"], change["sd"], change["source"])
    assert change["reliability"] in (mine.reliability, mine.reliability_text)
    assert (mine.confidence, mine.note) == (change.get("ci"), change["note"])
    assert [(n.sample, n.mean, n.sd) for n in ours.norms] == [
        (n["sample"], n.get("mean"), n.get("sd")) for n in theirs["norms"]
    ]


@pytest.mark.parametrize("name", NAMES)
def test_its_codes_are_the_same(catalogue, name):
    ours, theirs = both(catalogue, name)
    codes = theirs.get("codes", {})
    assert ours.codes.get("loinc_panel") == codes.get("loinc_panel")
    assert ours.codes.get("loinc_total") == codes.get("loinc_total")
    for value, code in codes.get("answers", {}).items():
        assert ours.codes[f"loinc_answer_{value}"] == code


def test_every_non_commercial_text_lies_in_the_separate_pack(catalogue):
    for name in NAMES:
        separate = (noncommercial_pack() / f"{name}.toml").exists()
        assert separate == (catalogue(name)["licence"]["tier"] == "A2")
        assert separate != (PACKAGED / f"{name}.toml").exists()
