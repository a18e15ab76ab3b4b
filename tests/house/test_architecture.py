"""The house keeps its own rules: who may import whom, how long things grow, what is explained."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src" / "rapport").rglob("*.py"))


def functions_of(path):
    tree = ast.parse(path.read_text("utf-8"))
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_imports_follow_the_map():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_longer_than_400_lines_and_no_function_longer_than_80(path):
    assert path.read_text("utf-8").count("\n") <= 400
    too_long = [f.name for f in functions_of(path) if f.end_lineno - f.lineno + 1 > 80]
    assert too_long == []


def test_nine_functions_of_ten_fit_in_the_eye():
    # The docstring does not count: it is prose for whoever calls.
    def body_lines(function):
        has_docstring = ast.get_docstring(function, clean=False) is not None
        doc = function.body[0] if has_docstring else None
        doc_lines = doc.end_lineno - doc.lineno + 1 if doc else 0
        return function.end_lineno - function.lineno + 1 - doc_lines

    lengths = sorted(body_lines(f) for path in SOURCES for f in functions_of(path))
    assert lengths[int(0.9 * len(lengths))] <= 33


def test_every_public_name_of_the_science_has_a_docstring():
    missing = []
    for path in SOURCES:
        if "science" not in path.parts:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
            if public and not ast.get_docstring(node):
                missing.append(f"{path.name}: {node.name}")
    assert missing == []


def test_every_dependency_has_a_line_saying_what_it_is_for():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    unexplained = re.findall(r'^    "[\w-]+[<>=][^"]*",?[ \t]*$', text, flags=re.M)
    assert unexplained == []


def test_the_science_reads_no_clock_and_no_unseeded_chance():
    hidden = re.compile(
        r"\b(datetime\.now|date\.today|time\.time|default_rng\(\)|np\.random\.(?!Generator|default)\w+\()"
    )
    found = [
        p.name
        for p in SOURCES
        if "science" in p.parts
        and hidden.search(re.sub(r">>>.*|\.\.\. .*", "", p.read_text("utf-8")))
    ]
    assert found == []


def test_no_bare_except_hides_a_fault():
    bare = [
        f"{p.name}:{n.lineno}"
        for p in SOURCES
        for n in ast.walk(ast.parse(p.read_text("utf-8")))
        if isinstance(n, ast.ExceptHandler) and n.type is None
    ]
    assert bare == []


def test_help_loads_nothing_heavy():
    code = (
        "import sys, rapport.cli; "
        "print([m for m in ('numpy', 'scipy', 'polars', 'jinja2', 'orjson') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
