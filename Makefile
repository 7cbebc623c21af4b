PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
PYTEST := $(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile
# Where it makes no difference what database keeps the records.
NO_RECORDS := llm_faults* llm_too* injections* embedders* reader* qmsum* corpora* evaluation* entailment* judging*
export HF_HUB_OFFLINE := 1

.PHONY: setup run test test-offline test-postgresql test-slow test-long test-llm check audit eval bench lock clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(BIN)/pip install --quiet --constraint constraints.txt --group dev --editable .
	touch $@

run: setup
	$(BIN)/counterpart demo

test: setup
	$(PYTEST)

test-offline: setup
	$(BIN)/python -m tests.offline $(PYTEST)

test-postgresql: $(VENV)/.postgresql-ready
	$(BIN)/python -m tests.postgresql $(PYTEST) tests/integration $(addprefix --ignore-glob=*/test_,$(NO_RECORDS))

$(VENV)/.postgresql-ready: $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[postgresql]"
	touch $@

test-slow: setup
	$(PYTEST) -m slow

test-long: setup
	$(PYTEST) -m long

test-llm: $(VENV)/.llm-ready
	$(BIN)/python -m tests.llm.model_file
	$(PYTEST) -m llm tests/llm

$(VENV)/.llm-ready: $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --group llm-test
	touch $@

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/house.py

audit: $(VENV)/.audit-ready
	$(BIN)/python -m tests.audit

$(VENV)/.audit-ready: $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --group audit
	touch $@

eval: setup
	rm -rf data/eval
	$(BIN)/counterpart eval --out data/eval --baseline evals/baselines/offline.json

bench: setup
	$(BIN)/python -m evals.bench.ingest
	$(BIN)/python -m evals.bench.suggestions
	$(BIN)/python -m evals.bench.retrieval_quality
	$(BIN)/python -m evals.bench.embedding_speed
	$(BIN)/python -m evals.bench.retrieval_latency 10000 100000
	$(BIN)/python -m evals.bench.cold_start

clean:
	rm -rf $(VENV) data .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
