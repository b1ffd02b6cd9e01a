# The course's commands. `make` alone lists them.

PYTHON ?= python3
VENV ?= .venv
# Empty (make CONSTRAINTS= test) takes the newest releases instead.
CONSTRAINTS ?= constraints.txt

BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	$(if $(CONSTRAINTS),-c $(CONSTRAINTS))

# In a rehearsal the build has run the notebooks; elsewhere they are tests of their own.
WHAT := $(if $(filter smoke,$(COURSE_BUDGET)),tests)

.PHONY: help book test lab bench lint format clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

book: $(VENV)/.book ## run the notebooks and build the site
	@$(BIN)/python tools/build.py

# The tests' two processes share the cores: there a thread that waits must not spin.
# (The build runs one notebook at a time, and would lose a fifth of its speed by it.)
test: $(VENV)/.test ## run all tests: the package's, the notebooks', the site's
	@$(BIN)/python tools/build.py
	OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m pytest -n 2 --dist loadscope $(WHAT)

lab: $(VENV)/.book ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

bench: $(VENV)/.bench ## train the reference model by fit() and by its peers
	$(BIN)/python -m benchmarks

lint: $(VENV)/.test ## check style, formatting and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/.test ## mend style and formatting
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## throw away what was built (downloads and trained models stay)
	rm -rf _build

# One stamp file for each set of packages.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)' \
		2>/dev/null || { echo "The course needs Python 3.11 or newer with its venv" \
		"module (Debian, Ubuntu: apt install python3-venv); if it has another" \
		"name, say so: make PYTHON=python3.12 book" >&2; exit 1; }
	@echo "Setting up $(VENV): a few minutes, the first time."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.%: $(VENV)/bin/python pyproject.toml $(CONSTRAINTS)
	@$(PIP_INSTALL) -e '.[book,$*]'
	@touch $@
