# Two commands are enough: `make run` and `make test`. Everything they need is set up on the way.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
ORGANISING_DATA_DIR ?= var
VENV := .venv
BIN := $(VENV)/bin
TESTS ?= tests
export PORT ORGANISING_DATA_DIR

.DEFAULT_GOAL := help
.PHONY: help setup run worker test test-browser lint types check bench clean lock front-end

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(VENV)/.ready front-end ## Make .venv with locked packages, and bundle the front end

$(VENV)/.ready: requirements/dev.txt requirements/uv.txt pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Organising needs Python 3.11 or newer; set PYTHON=…" >&2; exit 2; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@sh requirements/install.sh $(BIN)
	@touch $@

front-end: $(VENV)/.ready
	@$(BIN)/python -m organising.platform.frontend

run: setup ## Start the product with demo data (PORT, ORGANISING_DATA_DIR)
	@exec $(BIN)/organising up --demo

worker: setup ## Start one more worker (DATABASE_URL, REDIS_URL … must be set)
	@exec $(BIN)/organising worker

test: setup ## Run all tests (DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL name other servers)
ifeq ($(TESTS),tests)
	@$(BIN)/python -m pytest tests --ignore=tests/browser -n 2 --dist loadfile -q
	@$(BIN)/python -m pytest tests/browser -q
else
	@$(BIN)/python -m pytest $(TESTS) -q
endif

test-browser: setup ## Run the tests that drive a real browser
	@$(BIN)/python -m pytest tests/browser -q

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
	rm -rf $(VENV) node_modules organising/static dist test-results .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
