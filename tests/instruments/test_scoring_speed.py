"""The benchmark of scoring runs and counts what it scored."""

import re

import pytest

from rapport.bench.scoring import scoring


@pytest.mark.slow
def test_the_benchmark_scores_every_form_it_made():
    lines = scoring(forms=200).splitlines()
    assert len(lines) == 4
    for line in lines[1:]:
        assert line.endswith("200 scored")
        assert float(re.search(r"([\d.]+) s ", line)[1]) > 0
