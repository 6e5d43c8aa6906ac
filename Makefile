# Two commands set everything up on a fresh machine with Python 3.11+ and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types docs vendor lexicon wheel bench clean

demo: $(VENV)/.installed
	@echo 'kg build seeds'
	@$(BIN)/kg build seeds
	@echo 'kg query figures-mentioning-genes JAK2 STAT3'
	@$(BIN)/kg query figures-mentioning-genes JAK2 STAT3

test: $(VENV)/.developed
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: $(VENV)/.developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.developed
	$(BIN)/mypy

docs: $(VENV)/.developed
	$(BIN)/python scripts/make_cli_docs.py docs/cli.md
	$(BIN)/python scripts/make_question_docs.py docs/questions.md

vendor: $(VENV)/.developed
	$(BIN)/python scripts/vendor_js.py

lexicon: $(VENV)/.developed
	$(BIN)/python scripts/make_lexicon.py

wheel: $(VENV)/.developed
	rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist .
	bash scripts/smoke_wheel.sh dist/*.whl

bench: $(VENV)/.developed
	$(BIN)/python bench/run.py $(ARGS)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'kg needs Python 3.11 or newer: make PYTHON=python3.12 ...' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo 'installing into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.developed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@# Apart, and without what it pins: all of its server, in exact versions. The tests use its reader of queries alone.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target $(VENV)/apart 'grlc>=1.3.11,<2'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) .venv-bench .bench dist build .pytest_cache .mypy_cache .ruff_cache
