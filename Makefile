# The course's commands. `make` alone lists them.

PYTHON ?= python3
VENV ?= .venv
# Empty (make CONSTRAINTS= test) takes the newest releases instead.
CONSTRAINTS ?= constraints.txt
# Where PyTorch comes from, if not from the usual index. Without a GPU, on Linux,
# TORCH_INDEX=https://download.pytorch.org/whl/cpu saves 4 GB.
TORCH_INDEX ?=

BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	$(if $(CONSTRAINTS),-c $(CONSTRAINTS),--upgrade --upgrade-strategy eager)
# One stamp for each set of packages, and for what they were constrained by.
STAMP := $(VENV)/.$(or $(notdir $(CONSTRAINTS)),newest)-

.PHONY: help book test lab bench gpu profile lint format clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

book: $(STAMP)book ## run the notebooks and build the site
	@$(BIN)/python tools/build.py

# The chapters run one at a time, on all cores; what they give becomes the site. The
# tests' two processes share the cores: there a thread that waits must not spin.
test: $(STAMP)test ## run the notebooks, build the site, test package and site
	@$(BIN)/python tools/build.py --tested
	OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m pytest tests -n 2 --dist loadscope

lab: $(STAMP)book ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

profile: $(STAMP)test ## show where a chapter's time goes: make profile CHAPTER=05
	@$(BIN)/python tools/profile.py $(CHAPTER)

bench: $(STAMP)test ## how soon the reference model is good, beside a peer
	$(BIN)/python -m benchmarks

gpu: $(STAMP)test ## the same on the accelerator that is here, and what it is worth
	$(BIN)/python -m benchmarks --device cuda

lint: $(STAMP)test ## check style, formatting and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(STAMP)test ## mend style and formatting
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## throw away what was built (downloads and trained models stay)
	rm -rf _build

$(BIN)/python:
	@$(PYTHON) -c 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)' \
		2>/dev/null || { echo "The course needs Python 3.11 or newer with its venv" \
		"module (Debian, Ubuntu: apt install python3-venv); if it has another" \
		"name, say so: make PYTHON=python3.12 book" >&2; exit 1; }
	@echo "Setting up $(VENV): a few minutes, the first time."
	@$(PYTHON) -m venv $(VENV)
	@$(if $(TORCH_INDEX),$(PIP_INSTALL) --index-url $(TORCH_INDEX) torch torchvision)

$(STAMP)%: $(BIN)/python pyproject.toml $(CONSTRAINTS)
	@$(PIP_INSTALL) -e '.[book,$*]'
	@touch $@
