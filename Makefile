# Everything starts here, from Python 3.11, git and make alone. `make` lists what there is.

SHELL := /bin/sh
# Tests start many processes; without what Python keeps of compiled modules each of them compiles all of opsbot anew.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
RUN := .venv/bin/
TESTS := -n auto --dist worksteal

.PHONY: help setup demo test check lint fix bench chaos migrate manifest lock clean

help: ## List what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.ready ## Make the virtual environment (every other target does, when needed)

.venv/.ready: requirements-dev.lock requirements-tools.lock pyproject.toml scripts/setup
	@PYTHON="$(PYTHON)" scripts/setup

demo: setup ## Try opsbot in the browser, with no account of any kind
	@$(RUN)opsbot demo $(ARGS)

test: setup ## Run all tests but the long ones
	@scripts/chromium
	@scripts/alertmanager
	@scripts/prometheus
	@$(RUN)pytest $(TESTS) $(ARGS)

check: lint test ## Run everything a change must pass

lint: setup
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports
	$(RUN)python -m tests.architecture.budgets

fix: setup ## Format, and repair what can be repaired by machine
	$(RUN)ruff check --fix .
	$(RUN)ruff format .

bench: setup ## Measure, and print the table of the README
	@$(RUN)python -m benchmarks $(ARGS)

chaos: setup ## Kill processes and cut connections, many times over; takes a while
	@$(RUN)pytest -m chaos $(ARGS)

migrate: setup ## Bring the database of OPSBOT_DATABASE_URL up to date
	@$(RUN)opsbot migrate $(ARGS)

manifest: setup ## Print the manifest of the Slack app
	@$(RUN)opsbot manifest $(ARGS)

TOOLS := uv==0.13.9 hatchling editables
LOCK := .tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header

lock: setup ## Renew the pinned requirements
	$(LOCK) --upgrade pyproject.toml -o requirements.lock
	$(LOCK) --upgrade pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	printf "%s\n" $(TOOLS) | $(LOCK) -c requirements-dev.lock - -o requirements-tools.lock

clean: ## Remove what make made
	rm -rf .venv .tools .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis dist artifacts
