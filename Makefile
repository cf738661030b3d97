# Everything sets itself up: .venv is made from the lock files, and again whenever they change.
# Needs make and Python 3.11 or newer; `make PYTHON=/path/to/python3 run` chooses one.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run demo test check bench docs clean

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
WORKERS ?= auto
TESTS ?= tests
PYTEST := env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -m pytest
# Where the suites lie that start whole nodes and Chromium; a test says that there are none elsewhere.
APART = $(if $(filter-out tests,$(TESTS)),$(TESTS),tests/browser tests/howto tests/system)

help: ## Show what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: .venv/runtime.stamp ## Start a complete node and keep it running until Ctrl-C
	@exec .venv/bin/bersinar up

demo: .venv/runtime.stamp ## Play the Depok chain on the running node
	@exec .venv/bin/bersinar demo --speed slow

test: .venv/dev.stamp ## Run every test suite
	@# Tests start hundreds of processes; where the environment forbids writing bytecode, each would compile everything.
	@.venv/bin/python -m compileall -q cli deploy services shared tests
	@$(PYTEST) $(TESTS) -n $(WORKERS) --dist worksteal -m "not serial and not browser"
	@$(PYTEST) $(APART) -n 2 --dist loadfile -m "serial or browser" || [ $$? -eq 5 ]

check: .venv/dev.stamp ## Lint, format, types, and who may import whom
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

bench: .venv/dev.stamp ## Measure; writes build/bench.json
	@.venv/bin/python -m tests.bench

docs: .venv/dev.stamp ## Write the generated pages again
	.venv/bin/python -m deploy.docs

clean: ## Remove the environment and what tools left behind; data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer (with its venv module) was not found. Install it, for instance" \
	"with 'apt-get install python3 python3-venv', or name one: make PYTHON=/path/to/python3 run"; exit 1; }
	$(PYTHON) -m venv .venv

# The project's own requirements hold their hashes in the lock; --no-deps lets nothing else in.
.venv/runtime.stamp: requirements.lock pyproject.toml | .venv/bin/python
	@test -e .venv/dev.stamp || .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@test ! -e .venv/dev.stamp || .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.lock pyproject.toml | .venv/bin/python
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ .venv/runtime.stamp
