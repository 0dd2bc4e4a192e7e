# From a fresh clone with Python 3.10+ and make. `make` alone lists the targets.
# Every step may be interrupted and repeated: a stamp is written only after the step it stands for is whole.

VENV  := .venv
PY    := $(VENV)/bin/python
READY := $(VENV)/.ready

# The first Python that is new enough; `make PYTHON=/path/to/python3.12 …` names another.
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python3.10 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && { echo $$p; break; }; done)
endif

# PyTorch's CPU build, some hundred MB in place of several GB: make TORCH=cpu TORCH_INDEX=ADDRESS, with the address of a
# package index that has it. Nothing else changes.
TORCH ?=
TORCH_INDEX ?=
# The releases that `make freeze` found in the tested environment; `make CONSTRAINTS= …` takes the newest ones instead.
CONSTRAINTS ?= $(wildcard constraints.txt)
# uv where it is at hand, since it installs in seconds what takes pip minutes; pip where it is not, or cannot.
UV      := $(shell command -v uv 2>/dev/null)
LOUD    := $(if $(MAKE_TERMOUT),,--quiet)
install  = $(if $(UV),$(UV) pip install --python $(PY) $(LOUD) $(1) ||) $(PY) -m pip install $(LOUD) $(1)
WITH     = $(if $(CONSTRAINTS),--constraint $(CONSTRAINTS))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run lab check submit data clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: data ## execute the five notebooks into build/html, with an index page of their pictures
	@$(PY) -m cs231n.course run

check: $(READY) ## points and hints for all functions, or for one notebook: make check NOTEBOOK=RNN
	@$(PY) -m cs231n.checks $(NOTEBOOK) || [ $$? -eq 141 ] # a reader, such as head, has seen enough

submit: $(READY) ## what is handed in, as one zip, once nothing is missing
	@$(PY) -m cs231n.course.submit $(ARGS)

# BEGIN MAINTAINERS
.PHONY: test test-all test-oldest freeze handout grade autograder bench
QUICK := -m "not slow"
REPLAYED := notebooks/*.ipynb
GRADES ?= grades

# One thread a worker: two workers fill two cores, and sums are taken in one order.
test: export CS231N_DATA = sample
test: export CS231N_PROGRESS = 0
test: export OMP_NUM_THREADS = 1
test: data ## lint, types, unit tests, and a replay of every notebook cell that compares the outputs
	@echo "== ruff"
	@$(PY) -m ruff check .
	@echo "== imports"
	@$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()" --no-cache
	@echo "== types"
	@$(PY) -m mypy
	@echo "== unit tests"
	@$(PY) -m pytest -n 2 --dist loadscope --no-loadscope-reorder --maxfail=10 $(QUICK) tests
	@echo "== notebooks, replayed and compared"
	@$(PY) -m pytest -n 2 --dist loadscope --maxfail=10 \
		--nbval --nbval-current-env --nbval-sanitize-with tests/nbval.cfg --nbval-cell-timeout=300 $(REPLAYED)

OLDEST := build/oldest
test-oldest: export CS231N_DATA = sample
test-oldest: export CS231N_PROGRESS = 0
test-oldest: export OMP_NUM_THREADS = 1
test-oldest: data ## the unit tests on the oldest releases that requirements.txt admits (needs uv; another few GB)
	@test -n "$(UV)" || { echo "needs uv: install it with pip"; exit 1; }
	@test -x $(OLDEST)/bin/python || $(UV) venv --quiet --python $(PYTHON) $(OLDEST)
	@$(UV) pip install $(LOUD) --python $(OLDEST)/bin/python --resolution lowest-direct --only-binary :all: \
		-r requirements.txt
	@PYTHONPATH=. $(OLDEST)/bin/python -m pytest -n 2 --dist loadscope --maxfail=10 -W ignore::DeprecationWarning \
		$(QUICK) tests  # what is new warns of what is old

freeze: $(READY) ## write constraints.txt: the releases in .venv, which later installations and the handout then take
	@$(PY) -m pip freeze --exclude-editable | sed -e '/ @ /d' -e 's/+.*//' > constraints.txt.part
	@mv constraints.txt.part constraints.txt
	@echo "constraints.txt: $$(grep -c == constraints.txt) releases"

test-all: QUICK :=
test-all: REPLAYED := notebooks
test-all: test ## the same with the tests that take minutes

handout: $(READY) ## the student version in build/: make handout EDITION=pytorch REPO=owner/name (with Colab badges)
	@$(PY) -m cs231n.handout build --edition $(or $(EDITION),numpy) $(if $(REPO),--repo "$(REPO)")

grade: $(READY) ## grade a class into grades/: make grade SUBMISSIONS=folder ARGS="--canvas sheet.csv"
	@test -n "$(SUBMISSIONS)" || { echo "which? make grade SUBMISSIONS=folder-or-zip"; exit 2; }
	@$(PY) -m cs231n.grading "$(SUBMISSIONS)" --out "$(GRADES)" $(ARGS)

autograder: $(READY) ## the zip that Gradescope takes, in build/
	@$(PY) -m cs231n.grading.autograder $(ARGS)

bench: data ## measure speed, its growth, captions and run time, and rewrite the tables of the README
	@$(PY) -m benchmarks.speed
	@OMP_NUM_THREADS=1 $(PY) -m benchmarks.scaling
	@$(PY) -m benchmarks.captioning
	@$(PY) -m benchmarks.notebooks
	@$(PY) -m benchmarks.report
# END MAINTAINERS

lab: data ## open the notebooks in JupyterLab, with ARGS=--no-browser or others if you like
	@$(PY) -m jupyterlab $(ARGS) notebooks

data: $(READY) ## set everything up: .venv, the requirements, the sample data
	@$(PY) -m cs231n.sample_world.build

clean: ## remove what was built (.venv and the data stay)
	rm -rf build .pytest_cache .ruff_cache .mypy_cache .hypothesis cs231n.egg-info
	find cs231n tests notebooks benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# pip shows its progress on a terminal and is quiet in a log. The last command warms matplotlib's font cache,
# which would otherwise announce itself in the output of the first notebook.
$(READY): requirements.txt pyproject.toml setup.py $(CONSTRAINTS)
	@test -n "$(PYTHON)" || { echo "no Python 3.10 or newer found: name one with make PYTHON=/path/to/python3"; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || { echo "making $(VENV) with $(PYTHON)"; $(PYTHON) -m venv $(VENV); }
	@echo "installing the requirements into $(VENV) (once; a few minutes and a few GB, most of it PyTorch)"
	@test "$(TORCH)" != cpu || test -n "$(TORCH_INDEX)" || { echo "TORCH=cpu needs TORCH_INDEX=ADDRESS"; exit 1; }
	@$(if $(filter cpu,$(TORCH)),$(call install,$(WITH) --index-url $(TORCH_INDEX) torch torchvision))
	@$(call install,$(WITH) -r requirements.txt)
	@$(PY) -m pip install --quiet --no-deps -e .
	@MPLBACKEND=Agg $(PY) -c "import matplotlib.pyplot" 2>/dev/null
	@touch $@
