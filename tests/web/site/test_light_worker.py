"""The web process stays light: it starts without what only a workshop or a few pages need."""

import json
import os
import subprocess
import sys

import pytest

HEAVY = ("pandas", "statsmodels", "altair", "polars", "jinja2")
LATE = ("scipy.special", "scipy.optimize", "scipy.stats")  # loaded by the first who needs it
LOADED = """
import json, sys
from rapport.web.site.wsgi import application
from django.template.loader import get_template
get_template("practice/today.html")
print(json.dumps(sorted(sys.modules)))
"""


def loaded(home, program):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RAPPORT_")}
    told = {
        "RAPPORT_HOME": str(home), "RAPPORT_SECRET_KEY": "signs nothing but a test, long enough",
        "RAPPORT_PRACTICE_KEY": "00" * 32, "DJANGO_SETTINGS_MODULE": "rapport.web.site.settings",
    }  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", program], env=kept | told, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    return set(json.loads(said.stdout))


@pytest.fixture(scope="module")
def web_process(tmp_path_factory):
    """Every module of the application with all its pages, in a process of its own."""
    return loaded(tmp_path_factory.mktemp("home"), LOADED)


@pytest.mark.parametrize("library", HEAVY + LATE)
def test_the_web_process_starts_without(web_process, library):
    assert library not in web_process


def test_the_same_question_finds_a_library_that_is_loaded(tmp_path):
    pytest.importorskip("pandas")
    assert "pandas" in loaded(tmp_path, f"import pandas\n{LOADED}")
