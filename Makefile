# The words a newcomer tries first. `make` alone lists them.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)) python3)
MARKAZ_HOME ?= .markaz
BIN := .venv/bin
MAIN := .venv/.main-installed
DEV := .venv/.dev-installed
PROGRAMS := $(MARKAZ_HOME)/.programs-found
SIPP := $(MARKAZ_HOME)/.sipp-found
CHROMIUM := $(MARKAZ_HOME)/.chromium-found

.DEFAULT_GOAL := help
.PHONY: help setup pages demo test check screenshots bench-floor bench-import bench-bank faults bench-acd bench-simulate bench-web bench-reports compile uncompile docs lock clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

setup: $(MAIN) $(PROGRAMS) pages ## get everything Markaz needs; leaves .venv/bin/markaz
	@echo "ready: $(BIN)/markaz --help"

pages: $(MAIN) ## build what browsers see, from ui/ into src/markaz/web/pages
	@$(BIN)/python scripts/pages.py build

demo: $(MAIN) $(PROGRAMS) pages ## real calls through a whole centre, then a report; options: make demo ARGS="--seconds 30"
	@$(BIN)/markaz demo $(ARGS)

test: check $(PROGRAMS) $(SIPP) $(CHROMIUM) pages ## make check, then every test, real Asterisk included
	@$(BIN)/python -m pytest $(ARGS)

check: $(DEV) ## style, types, layers, docs, pages; fast enough for every commit
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "some files are not formatted; fix with: .venv/bin/ruff format ."; exit 1; }
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python scripts/check_docs.py
	@$(BIN)/python scripts/check_schema.py
	@$(BIN)/pyright --warnings
	@$(BIN)/python scripts/pages.py check

screenshots: $(DEV) $(PROGRAMS) $(CHROMIUM) pages ## every page, five languages, light and dark, into ui/screenshots; axe must find nothing
	@MARKAZ_HOME=$(MARKAZ_HOME) $(BIN)/python scripts/screenshots.py

bench-floor: $(MAIN) ## stimuli per second of the pure floor; OUT=FILE writes JSON
	@OUT=$(OUT) $(BIN)/python bench/floor.py

bench-import: $(MAIN) ## a gigabyte of queue_log imported: lines/s and memory; BYTES=, OUT=FILE writes JSON
	@BYTES=$(or $(BYTES),1000000000) OUT=$(OUT) $(BIN)/python bench/import.py

bench-bank: $(MAIN) ## a bank's real January beside the same days simulated, and what explains the difference; OUT=FILE
	@OUT=$(OUT) $(BIN)/python bench/bank.py

faults: $(DEV) ## days of a simulated floor with faults, by seed; options: SEEDS=200 FIRST=n SEED=n OUT=FILE
	@$(BIN)/python -m tests.faults --seeds $(or $(SEEDS),20) --first $(or $(FIRST),1) $(if $(SEED),--seed $(SEED)) $(if $(OUT),--out $(OUT))

bench-acd: $(MAIN) $(PROGRAMS) $(SIPP) ## calls through Markaz and through app_queue, side by side, in 12 minutes; OUT=FILE writes JSON
	@MARKAZ_HOME=$(MARKAZ_HOME) $(BIN)/python -m bench.acd

bench-web: $(MAIN) ## a thousand desks on live state, and requests, while calls run; SECONDS=60, OUT=FILE writes JSON
	@OUT=$(OUT) SECONDS=$(or $(SECONDS),60) $(BIN)/python -m bench.web

bench-reports: $(MAIN) ## half-hour service level over 10 million contacts, beside DuckDB and PostgreSQL; CONTACTS=, OUT=FILE
	@OUT=$(OUT) CONTACTS=$(or $(CONTACTS),10000000) $(BIN)/python bench/reports.py

bench-simulate: $(DEV) ## simulated calls per second beside SimPy and Ciw; OUT=FILE writes JSON
	@OUT=$(OUT) $(BIN)/python -m bench.simulate

compile: $(DEV) ## the floor as machine code, in place: faster, says the same; needs a C compiler
	@$(BIN)/python scripts/compile_floor.py

uncompile: $(MAIN) ## the floor as plain Python again
	@$(BIN)/python scripts/compile_floor.py --remove

docs: $(DEV) ## write the generated parts of docs/, and the pages' client, anew
	@$(BIN)/python scripts/generate_docs.py
	@$(BIN)/python scripts/pages.py api

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

# Tests and benchmarks alone place calls with it.
$(SIPP): | $(MAIN)
	@MARKAZ_HOME=$(MARKAZ_HOME) $(BIN)/python scripts/programs.py sipp
	@mkdir -p $(@D) && touch $@

# Tests in a browser alone need it.
$(CHROMIUM): scripts/chromium.py | $(MAIN)
	@$(BIN)/python scripts/chromium.py
	@mkdir -p $(@D) && touch $@
