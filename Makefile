# From a fresh clone with Python 3.10+ and make. `make` alone lists the targets.
# Every step may be interrupted and repeated: a stamp is written only after the step it stands for is whole.

VENV  := .venv
PY    := $(VENV)/bin/python
READY := $(VENV)/.ready

# The first Python that is new enough; `make PYTHON=/path/to/python3.12 …` names another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python3.10 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && { echo $$p; break; }; done)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run lab check submit data clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: data ## execute the five notebooks into build/html, with an index page of their pictures
	@$(PY) -m cs231n.course run

check: $(READY) ## points and hints for all functions, or for one notebook: make check NOTEBOOK=RNN
	@$(PY) -m cs231n.checks $(NOTEBOOK)

submit: $(READY) ## what is handed in, as one zip, once nothing is missing
	@$(PY) -m cs231n.course.submit $(ARGS)

# BEGIN MAINTAINERS
.PHONY: test test-all handout grade autograder bench
QUICK := -m "not slow"
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
	@$(PY) -m pytest -n 2 --dist loadscope --maxfail=10 $(QUICK) tests
	@echo "== notebooks, replayed and compared"
	@$(PY) -m pytest -n 2 --dist loadscope --maxfail=10 \
		--nbval --nbval-current-env --nbval-cell-timeout=300 notebooks

test-all: QUICK :=
test-all: test ## the same with the tests that take minutes

handout: $(READY) ## the student version, without answers, as a folder and a zip in build/
	@$(PY) -m cs231n.handout build

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
$(READY): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "no Python 3.10 or newer found: name one with make PYTHON=/path/to/python3"; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || { echo "making $(VENV) with $(PYTHON)"; $(PYTHON) -m venv $(VENV); }
	@echo "installing the requirements into $(VENV) (once; a few minutes and a few GB, most of it PyTorch)"
	@$(PY) -m pip install $(if $(MAKE_TERMOUT),,--quiet) -r requirements.txt
	@$(PY) -m pip install --quiet --no-deps -e .
	@MPLBACKEND=Agg $(PY) -c "import matplotlib.pyplot" 2>/dev/null
	@touch $@
