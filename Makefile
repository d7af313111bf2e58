# One environment in .venv; every target works from a fresh clone with only Python, make and git.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

# Install keepwarm and its development tools
$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip --quiet install --upgrade 'pip>=25.1'
	$(BIN)/python -m pip --quiet install --editable . --group dev
	touch $@

# See the whole product at work on a made-up mailbox, offline
.PHONY: demo
demo: $(VENV)/.ready
	$(BIN)/python -m tests.sandbox.demo

# Run every test: three processes on two cores, since a third of the time tests wait for what they started
.PHONY: test
test: $(VENV)/.ready
	$(BIN)/python -m pytest -q -n 3

# Run the tests that need no service as if it were next year; DAYS=commit for a quarter of them, another each commit
DAYS ?= 400
.PHONY: ahead
ahead: $(VENV)/.ready
	$(BIN)/python -m tests.ahead $(DAYS) -n 2 $(ARGS)

# Style, types and import directions
.PHONY: check
check: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Put the code into shape
.PHONY: fmt
fmt: $(VENV)/.ready
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

# Write the map of the folders into .github/CONTRIBUTING.md
.PHONY: map
map: $(VENV)/.ready
	$(BIN)/python -m tests.folder_map

# Measure: CPU per mail and ratios to a floor taken in the same run
.PHONY: bench
bench: $(VENV)/.ready
	$(BIN)/python -m tests.bench

# Measure load: 300 accounts on PostgreSQL and RabbitMQ, with one worker process and with two: about half an hour
.PHONY: fleet
fleet: $(VENV)/.ready
	$(BIN)/python -m tests.bench.fleet

# Measure judgement: coldbench's public sets, each judged by coefficients fitted without it
COLDBENCH ?= ../shared/coldbench/public
.PHONY: coldbench
coldbench: $(VENV)/.ready
	$(BIN)/python -m pip --quiet install --group bench
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.coldtable $(COLDBENCH)

# Judge the digest: seventeen made-up lives whose truth is known, walked week by week through the command line: minutes
.PHONY: lives
lives: $(VENV)/.ready
	$(BIN)/python -m tests.lives

# Read half a million spoiled inputs with every parser: about five minutes
.PHONY: fuzz
fuzz: $(VENV)/.ready
	$(BIN)/python -m tests.fuzz --cases 500000

# Kill everything, set clocks apart, fill disks, and compare what is exported: about a quarter of an hour
.PHONY: chaos
chaos: $(VENV)/.ready
	$(BIN)/python -m tests.chaos.storm --kills 70
