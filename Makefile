# `make` lists the targets. `make demo` and `make test` do all the set-up they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export RAPPORT_SHARED ?= ../shared
unexport PYTHONDONTWRITEBYTECODE # compiling every test anew costs ten seconds a run

# One by one: each looks at all databases of a server.
WHOLE_DATABASES := tests/web/upkeep/test_postgresql.py
# What is looked at in a browser, and who is shown what, is the same on every database.
NO_PAGES := --ignore-glob='*browser*' --ignore-glob='*journeys*' --ignore=tests/web/matrix \
    --ignore=tests/web/site/test_made_up_practice.py --ignore=$(WHOLE_DATABASES)

.DEFAULT_GOAL := help
.PHONY: help demo test check fix types lint minimal slow bench soak docs clean lock

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/.run: requirements.lock pyproject.toml packs/noncommercial/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	    -e . -e packs/noncommercial
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(VENV)/.run ## Start a made-up practice with people in it
	$(BIN)/rapport demo

test: $(VENV)/.dev minimal ## Run every test
	$(BIN)/ruff format --check src tests
	$(BIN)/ruff check src tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadgroup
	./tests/on_postgresql.sh $(BIN)/python -m pytest -n 2 tests/web $(NO_PAGES)
	./tests/on_postgresql.sh $(BIN)/python -m pytest $(WHOLE_DATABASES)

check: $(VENV)/.dev ## Format, lint, types, imports and the fast tests
	$(BIN)/ruff format --check src tests
	$(BIN)/ruff check src tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 -m "not slow" --hypothesis-profile=quick

minimal: ## Prove that the science runs with NumPy and SciPy alone
	@./tests/minimal.sh $(PYTHON)

fix: $(VENV)/.dev ## Format and mend what a machine can mend
	$(BIN)/ruff check --fix src tests
	$(BIN)/ruff format src tests

bench: $(VENV)/.dev ## Run the benchmarks and print their ratios
	$(BIN)/rapport bench all

soak: $(VENV)/.dev ## Kill practices 1,200 times (SOAK_KILLS, SOAK_CUTS, SOAK_CONTROLS), kill its worker 1,000 times (SOAK_TOLD), back up 100 times under load, ask every page 100,000 times
	SOAK_KILLS=$${SOAK_KILLS:-1000} SOAK_CUTS=$${SOAK_CUTS:-200} SOAK_CONTROLS=$${SOAK_CONTROLS:-20} \
	    $(BIN)/python tests/soak/cycles.py
	$(BIN)/python tests/soak/telling.py --kills $${SOAK_TOLD:-1000}
	RAPPORT_BACKUPS_UNDER_LOAD=$${SOAK_BACKUPS:-100} $(BIN)/python -m pytest tests/web/upkeep/test_under_load.py
	RAPPORT_MATRIX=whole $(BIN)/python -m pytest tests/web/matrix

docs: $(VENV)/.dev ## Write the reference pages that are made from the code
	$(BIN)/python tests/house/commands_page.py > $(VENV)/commands.md
	mv $(VENV)/commands.md docs/reference/commands.md
	RAPPORT_SECRET_KEY=unused $(BIN)/python tests/house/access_page.py > $(VENV)/access.md
	mv $(VENV)/access.md docs/reference/access.md
	RAPPORT_SECRET_KEY=unused $(BIN)/python tests/house/fields_page.py > $(VENV)/fields.md
	mv $(VENV)/fields.md docs/reference/fields.md
	$(BIN)/rapport bench oracles > $(VENV)/oracles.md
	mv $(VENV)/oracles.md docs/reference/oracles.md

lock: $(VENV)/.dev ## Renew the locked dependencies
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header -q \
	    --python-version 3.11 --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header -q \
	    --python-version 3.11 --extra build --extra dev --extra bench pyproject.toml -o requirements-dev.lock

clean: ## Remove what the other targets made
	rm -rf $(VENV) .venv-minimal build dist
