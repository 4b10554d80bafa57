# make demo   a first result on a fresh machine
# make test   every test that needs no Java
# make check  lint, types, rooms and docs
# `make` alone lists the rest.

PYTHON ?= python3
PY := .venv/bin/python
JOBS ?= 2

# Material announces the end of MkDocs 1 on every build; docs/decisions/ says what we do about it.
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-spark setup-clients setup-peers demo test check lint format types rooms docs engines clients bench soak lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 12

setup: ## .venv from requirements.lock; does nothing when nothing changed
	@$(PYTHON) scripts/set_up.py .venv requirements.lock

setup-spark: ## .venv-spark from requirements-spark.lock (needs Java 17)
	@$(PYTHON) scripts/set_up.py .venv-spark requirements-spark.lock

setup-clients: ## .venv-clients from requirements-clients.lock: browsers' and servers' tracking libraries
	@$(PYTHON) scripts/set_up.py .venv-clients requirements-clients.lock

setup-peers: ## .venv-peers from requirements-peers.lock: what `bench/peers.py` measures (needs a C++ compiler)
	@$(PYTHON) scripts/set_up.py .venv-peers requirements-peers.lock

demo: setup ## a simulated market: each model's figures beside the planted truth
	@.venv/bin/outturn demo demo

test: setup ## all tests and doctests but Spark's
	$(PY) -m pytest -n $(JOBS) --dist worksteal

check: lint types rooms docs ## everything below but the tests

lint: setup ## format, lint, spelling
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/codespell

format: setup ## write what `make lint` would ask for
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

types: setup ## mypy strict, tests too
	.venv/bin/mypy

rooms: setup ## imports go down the stairs
	.venv/bin/lint-imports --no-logo

docs: setup ## the site, strict, in site/; no page may load from another host
	.venv/bin/mkdocs build --strict --quiet
	$(PY) scripts/offline_site.py site

engines: setup-spark ## the tests marked spark, on Spark at local[2]
	.venv-spark/bin/python -m pytest -m spark tests

clients: setup-clients ## the tests marked clients: our tag in Chromium, other people's libraries (needs chromium, node)
	.venv-clients/bin/python -m pytest -m clients -n $(JOBS) --dist loadfile tests/clients

bench: setup setup-peers ## speed against peers, as ratios in one run
	$(PY) -m bench.run

soak: setup ## the long run: property tests at full size, 200 audited markets, ten million touches, ten million rows
	OUTTURN_KILLS=50 OUTTURN_SEEDS=200 $(PY) -m pytest -n $(JOBS) --dist worksteal --hypothesis-profile soak tests
	$(PY) -m bench.audit_proof --seeds 200 --jobs $(JOBS)
	$(PY) -m bench.soak

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header
lock: ## compile the locks anew (needs uv on the PATH)
	$(LOCK) requirements.in --output-file requirements.lock
	$(LOCK) requirements-spark.in --output-file requirements-spark.lock
	$(LOCK) requirements-clients.in --output-file requirements-clients.lock
	$(LOCK) requirements-peers.in --output-file requirements-peers.lock

clean: ## everything that make made
	rm -rf .venv .venv-spark .venv-clients .venv-peers .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache \
		.numba_cache site demo build bench/out
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
