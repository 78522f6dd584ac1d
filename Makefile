# The words a newcomer tries first. `make` alone lists them.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)) python3)
MARKAZ_HOME ?= .markaz
BIN := .venv/bin
MAIN := .venv/.main-installed
DEV := .venv/.dev-installed
PROGRAMS := $(MARKAZ_HOME)/.programs-found

.DEFAULT_GOAL := help
.PHONY: help setup demo test check compile uncompile bench-floor bench-simulate docs lock clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

setup: $(MAIN) $(PROGRAMS) ## get everything Markaz needs; leaves .venv/bin/markaz
	@echo "ready: $(BIN)/markaz --help"

demo: $(MAIN) $(PROGRAMS) ## real calls through a whole centre, then a report; options: make demo ARGS="--seconds 30"
	@$(BIN)/markaz demo $(ARGS)

test: check $(PROGRAMS) ## make check, then every test, real Asterisk included
	@$(BIN)/python -m pytest $(ARGS)

check: $(DEV) ## style, types, layers, docs; fast enough for every commit
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "some files are not formatted; fix with: .venv/bin/ruff format ."; exit 1; }
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python scripts/check_docs.py
	@$(BIN)/python scripts/check_schema.py
	@$(BIN)/pyright --warnings

bench-floor: $(MAIN) ## stimuli per second of the pure floor; OUT=FILE writes JSON
	@OUT=$(OUT) $(BIN)/python bench/floor.py

bench-simulate: $(DEV) ## simulated calls per second beside SimPy and Ciw; OUT=FILE writes JSON
	@OUT=$(OUT) $(BIN)/python -m bench.simulate

compile: $(DEV) ## the floor as machine code, in place: faster, says the same; needs a C compiler
	@$(BIN)/python scripts/compile_floor.py

uncompile: $(MAIN) ## the floor as plain Python again
	@$(BIN)/python scripts/compile_floor.py --remove

docs: $(DEV) ## write the generated parts of docs/ anew
	@$(BIN)/python scripts/generate_docs.py

lock: ## resolve requirements/*.in anew (needs uv on the PATH)
	@scripts/lock

clean: ## remove the environment and the installation under .markaz, private Asterisk included
	@$(PYTHON) scripts/clean.py

$(MAIN): requirements/main.txt pyproject.toml scripts/environment.py
	@$(PYTHON) scripts/environment.py main
	@touch $@

$(DEV): requirements/dev.txt pyproject.toml scripts/environment.py
	@$(PYTHON) scripts/environment.py dev
	@touch $@ $(MAIN)

# The environment comes first, but a newer environment does not make the programs old.
$(PROGRAMS): scripts/programs.py src/markaz/telephony/asterisk/private_root.py src/markaz/telephony/asterisk/program.py | $(MAIN)
	@MARKAZ_HOME=$(MARKAZ_HOME) $(BIN)/python scripts/programs.py
	@mkdir -p $(@D) && touch $@
