"""scales.toml: what is stated is taken, what isn't stays unknown, what can't be is refused."""

import pytest

from rapport.files.faults import TableFaults
from rapport.files.scales_file import read_scales

BDI = """
[scales.bdi]
role = "outcome"
higher_is_better = false
minimum = 0
maximum = 63
reliability = 0.9
sd = 10.2
clinical_cutoff = 14
functional_mean = 4.5
functional_sd = 4
source = "a manual, page 12"
"""


@pytest.fixture
def scales(tmp_path):
    def read(text):
        path = tmp_path / "scales.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_scales(path)

    return read


def test_what_is_stated_is_taken(scales):
    bdi = scales(BDI)["bdi"]
    assert (bdi.role, bdi.higher_is_better, bdi.maximum) == ("outcome", False, 63)
    assert (bdi.reliability, bdi.sd, bdi.source) == (0.9, 10.2, "a manual, page 12")


def test_what_is_not_stated_stays_unknown(scales):
    mood = scales('[scales."my mood"]\nhigher_is_better = true\n')["my mood"]
    assert (mood.role, mood.minimum, mood.reliability, mood.sd) == (None, None, None, None)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (BDI + "reliabilty = 1\n", "scales.bdi.reliabilty is not known; did you mean reliability?"),
        ("[scales.a]\nrole = 'both'", 'scales.a.role is \'both\'; write "outcome" or "alliance"'),
        ("[scales.a]\nhigher_is_better = 1", "scales.a.higher_is_better is 1; write true or false"),
        ("[scales.a]\nminimum = 'x'", "scales.a.minimum is 'x', not a number; write a number"),
        ("[scales.a]\nminimum = nan", "scales.a.minimum is nan, not a number; write a number"),
        ("[scales.a]\nsource = 3", 'scales.a.source is 3; write text in "..."'),
        ("[scales.a]\nminimum = 3\nmaximum = 3", "maximum is 3, not above the minimum 3; correct"),
        ("[scales.a]\nreliability = 90", "scales.a.reliability is 90; it lies between 0 and 1"),
        ("[scales.a]\nsd = 0", "scales.a.sd is 0; it is larger than 0"),
        ("[scales.a]\nmaximum = 9\nclinical_cutoff = 10", "clinical_cutoff is 10, outside the sc"),
        ("[scales]\na = 1", "scales.a is not a table; write [scales.a]"),
        ("[bdi]\nrole = 'outcome'", "is not made of [scales.NAME] tables; start each scale"),
        ("", "is not made of [scales.NAME] tables"),
        ("[scales.a\n", "is not TOML: "),
        (b"[scales.a]\nsource = '\xe9'", "is not UTF-8; save it as UTF-8"),
        ("#" * 1_000_001, "is larger than 1 MB"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(scales, text, line):
    with pytest.raises(TableFaults) as caught:
        scales(text)
    assert line in str(caught.value)
    assert "scales.toml: " in str(caught.value)


def test_every_fault_is_named_at_once(scales):
    with pytest.raises(TableFaults) as caught:
        scales("[scales.a]\nrole = 1\nsd = -1\n[scales.b]\nmaximum = 'x'\n")
    assert len(caught.value.faults) == 2


def test_a_missing_file_and_a_folder_are_said(tmp_path):
    with pytest.raises(TableFaults, match="no such file"):
        read_scales(tmp_path / "none.toml")
    with pytest.raises(TableFaults, match="can't be opened"):
        read_scales(tmp_path)
