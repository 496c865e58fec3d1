# Every target sets up what it needs; `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HASH := $(shell cat requirements.lock pyproject.toml .ci/lock_subset.py | cksum | cut -d' ' -f1)
RUNTIME := $(VENV)/.runtime-$(HASH)
TOOLS := $(VENV)/.tools-$(HASH)
PEERS := $(VENV)/.peers-$(HASH)
APART := .venv-peers
JOBS ?= 2
export OPENBLAS_NUM_THREADS := 1
export PYTHONHASHSEED := 0
export TZ := UTC
export LC_ALL := C.UTF-8

.DEFAULT_GOAL := help
.PHONY: help setup report test lint unit check-notebooks browser notebooks data lab picture bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(RUNTIME) ## make .venv with what the notebooks and reports need

# Installs the pins of some groups, hashes checked. A stamp says for which lock it was done.
define install
	$(BIN)/python .ci/lock_subset.py $(2) > $(VENV)/$(1).txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(VENV)/$(1).txt \
	  || $(BIN)/python -m pip install --quiet --require-hashes -r $(VENV)/$(1).txt
endef
define stamp
	rm -f $(VENV)/.$(1)-*
	touch $@
endef

$(VENV)/uv.txt: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "crossborder needs Python 3.11 or newer, and $(PYTHON) is older or absent; name another: make PYTHON=python3.12" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	awk '/^uv==/ {found = 1} found {print} found && !/\\$$/ {exit}' requirements.lock > $@.new
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $@.new
	mv $@.new $@

$(RUNTIME): $(VENV)/uv.txt
	$(call install,runtime,build)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python .ci/bytecode.py
	$(call stamp,runtime)

$(TOOLS): $(RUNTIME)
	$(call install,tools,build test lint oracle pdf dask spark)
	$(call stamp,tools)

$(PEERS): $(TOOLS)
	$(call install,peers,build test lint oracle bench spark dask pdf)
	$(call stamp,peers)

report: setup ## run all notebooks for the demo company: reports/latest/index.html
	$(BIN)/crossborder run --all

test: lint unit check-notebooks browser ## run every check

lint: $(TOOLS) ## check style and the rule of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

unit: $(TOOLS) ## run the tests of the package
	$(BIN)/python -m pytest tests lib --ignore tests/browser -n $(JOBS) --dist loadfile

check-notebooks: $(TOOLS) ## run each notebook and compare every output with the committed one
	$(BIN)/python -m pytest -p tests.notebooks.comparison --nbval --nbval-current-env -n $(JOBS) --dist loadfile notebooks

browser: $(TOOLS) ## open the notebooks in JupyterLab and the report in Chromium as a reader does
	$(BIN)/python -m pytest tests/browser

notebooks: setup ## run the notebooks again and store their outputs
	$(BIN)/python -m crossborder.reports.refresh

data: setup ## make the demo company's tables again
	$(BIN)/crossborder demo --to data/demo

lab: setup ## open the notebooks in JupyterLab
	JUPYTER_CONFIG_PATH="$(CURDIR)/.jupyter" JUPYTER_PREFER_ENV_PATH=1 $(BIN)/jupyter lab notebooks/00_start_here.ipynb

picture: report $(TOOLS) ## take the README's picture of the board page from the report
	$(BIN)/python docs/images/board_picture.py

# Peers that hold pandas below its newest live in an environment of their own; numbers go through files.
$(APART)/.made-$(shell cksum < bench/peers.lock | cut -d' ' -f1): $(TOOLS) bench/peers.lock
	rm -rf $(APART)
	$(PYTHON) -m venv $(APART)
	$(BIN)/uv pip install --quiet --python $(APART)/bin/python --require-hashes -r bench/peers.lock \
	  || $(APART)/bin/python -m pip install --quiet --require-hashes -r bench/peers.lock
	touch $@

bench: $(PEERS) $(APART)/.made-$(shell cksum < bench/peers.lock | cut -d' ' -f1) ## measure speed against peers
	$(BIN)/python -m bench

lock: $(TOOLS) ## resolve the newest versions that pyproject.toml allows to the lock, keeping pins that still fit
	$(BIN)/uv pip compile pyproject.toml --all-extras --group test --group lint --group oracle --group bench --group build \
	  --universal --python-version 3.11 --generate-hashes --no-header -o requirements.lock
	$(BIN)/uv pip compile bench/peers.in --universal --python-version 3.11 --generate-hashes --no-header -o bench/peers.lock

clean: ## remove reports and caches, keep data and environment
	rm -rf reports .cache .ruff_cache .import_linter_cache .hypothesis
