# Two commands matter: `make demo` and `make test`. Each does all its own set-up.
# What a recipe prints is its own; set-up speaks on standard error.

MAKEFLAGS += --no-print-directory
VENV_PYTHON = .venv/bin/python
ARGS ?=
# Some containers forbid caches of bytecode; then every start would compile 900 files anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check format lint types contracts migrations docs tidy bench safety lock
.DEFAULT_GOAL := help

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: ## Play thirty days of a practice, then open the app (ARGS="--once --json" for a summary only)
	@bin/setup runtime
	@$(VENV_PYTHON) -m rewarm demo $(ARGS)

test: ## Run the tests, on two cores (ARGS="tests/domain -k quiet" for some, on one)
	@bin/setup dev
	@$(VENV_PYTHON) -m pytest $(or $(ARGS),--numprocesses 2 --dist loadfile --no-loadscope-reorder)

check: ## Format, lint, types, contracts, migrations, docs
	@bin/setup dev
	@$(MAKE) format lint types contracts migrations docs

format: ## … the code has the one format
	@$(VENV_PYTHON) -m ruff format --check --output-format concise . || { echo "run: make tidy"; exit 1; }

lint: ## … no known mistakes
	@$(VENV_PYTHON) -m ruff check --quiet .

types: ## … the types agree
	@$(VENV_PYTHON) -m mypy --no-error-summary

contracts: ## … the arrows between the rooms point down
	@.venv/bin/lint-imports > .lint-imports.log 2>&1 || { cat .lint-imports.log; exit 1; }

migrations: ## … every change of a table has its migration
	@DJANGO_SETTINGS_MODULE=tests.settings_for_types $(VENV_PYTHON) -W ignore::RuntimeWarning -m rewarm manage makemigrations --check --dry-run > /dev/null \
		|| { echo "a model changed without a migration: bin/rewarm manage makemigrations"; exit 1; }

docs: ## … no link leads nowhere
	@bin/check-links

tidy: ## Put the code into the one format
	@bin/setup dev
	@$(VENV_PYTHON) -m ruff check --fix --quiet . ; $(VENV_PYTHON) -m ruff format --quiet .

bench: ## Measure, one line a claim
	@bin/setup dev
	@$(VENV_PYTHON) -m benchmarks $(ARGS)

safety: ## The proof: every order of events, seeded bugs, replays on PostgreSQL, kills (ARGS="explorer bugs" for parts)
	@bin/setup dev
	@$(VENV_PYTHON) -m tests.safety $(ARGS)

lock: ## Pin and hash requirements/*.in anew (needs uv)
	@for name in runtime extras dev; do uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" \
		requirements/$$name.in -o requirements/$$name.txt; done
