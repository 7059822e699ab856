# Two commands on a fresh machine: `make demo` and `make test`. Python 3.11 or newer and make are all they need.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2

.PHONY: setup demo test lint docs clean

setup: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	@echo "setting up .venv (a few minutes the first time: torch is large)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

.venv/installed-test: .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

demo: setup
	@$(BIN)/citebot index
	@for question in "Who put out the fire?" "Through which organization was medical evacuation organized?" \
	  "Where was the explosion?" "How tall is Mount Everest?"; do \
	  printf '\n$$ citebot ask "%s"\n' "$$question"; $(BIN)/citebot ask --top 1 "$$question" || exit 1; done

test: .venv/installed-test
	@$(BIN)/python -m pytest -n $(WORKERS)

lint: .venv/installed-test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache --no-logo

docs: setup
	@$(BIN)/python docs/make_settings.py

clean:
	rm -rf .venv .citebot build *.egg-info
