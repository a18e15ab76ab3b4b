#!/bin/sh
# The science alone: an environment with NumPy, SciPy and pytest, and nothing else of ours.
set -eu
python=${1:-python3}
env=.venv-minimal
if [ ! -f "$env/.done" ]; then
    "$python" -m venv "$env"
    "$env/bin/python" tests/lock_subset.py numpy scipy < requirements.lock > "$env/science.lock"
    "$env/bin/python" tests/lock_subset.py pytest iniconfig packaging pluggy pygments colorama \
        hypothesis sortedcontainers < requirements-dev.lock >> "$env/science.lock"
    "$env/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$env/science.lock"
    touch "$env/.done"
fi
"$env/bin/python" -c "
import importlib.util as u
extra = [m for m in ('polars', 'pandas', 'statsmodels', 'sklearn', 'orjson', 'typer') if u.find_spec(m)]
assert not extra, f'not minimal: {extra}'
"
PYTHONPATH=src "$env/bin/python" -m pytest -q -m "not slow" -W "ignore:Unknown config option" -p no:cacheprovider tests/science src/rapport/science
