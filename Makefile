# make review: the weekly review of the sample team. make help lists the rest.
VENV ?= .venv
BIN = $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
AS_OF ?= 2026-11-20
OUTPUT ?= out/weekly_review
KAT_LANGUAGE ?= zh
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
export PIP_NO_INPUT = 1

.DEFAULT_GOAL := help
.PHONY: help setup miro review reports lab apps sample test test-apps check fix bench docs gallery clean

help: ## what can be made here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

setup: $(VENV)/.ready ## install into .venv (kat lies in .venv/bin)

$(VENV)/bin/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name it: make setup PYTHON=/path/to/python3.11"; exit 2; }
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/.ready: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing the toolkit into $(VENV) (once, a minute or two) ..."
	@$(PIP) install --no-compile -c constraints.txt -e '.[apps]'
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@echo "Installing what tests and checks need into $(VENV) (once) ..."
	@$(PIP) install --no-compile -c constraints.txt -e '.[apps,dev]'
	@touch $@

$(VENV)/.ready-miro: miro-client.txt | $(VENV)/bin/python
	@$(PIP) install --no-compile --no-deps --upgrade --target $(VENV)/miro -r miro-client.txt
	@touch $@

miro: setup $(VENV)/.ready-miro ## Miro's client, beside the rest -> PYTHONPATH=.venv/miro .venv/bin/kat board push

review: setup ## the weekly review of the sample team -> out/weekly_review
	@$(BIN)/kat review --data sample_data --as-of $(AS_OF) --output $(OUTPUT) --language $(KAT_LANGUAGE)

reports: setup ## all reports of parameters/plan.yaml as of one day -> out/reports
	@$(BIN)/kat report --plan parameters/plan.yaml --day $(AS_OF) --language $(KAT_LANGUAGE)

lab: setup ## JupyterLab on the weekly review's notebook
	@$(BIN)/jupyter lab --LabApp.news_url= --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate \
		notebooks/weekly_review.ipynb

apps: setup ## the apps in the browser (Voila, this machine only)
	@$(BIN)/kat apps --language $(KAT_LANGUAGE)

sample: setup ## make the sample team again -> sample_data
	@$(BIN)/kat sample --output sample_data

test: $(VENV)/.ready-dev $(VENV)/.ready-miro ## every test but the browser's
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "not browser"

test-apps: $(VENV)/.ready-dev ## the browser's tests (needs Chromium)
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m browser

check: $(VENV)/.ready-dev ## lint, format, types, floors, known vulnerabilities
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@! grep -rl --include='*.ipynb' '"output_type"' notebooks || { echo "Notebooks are committed without outputs."; exit 1; }
	@$(BIN)/python .ci/audit

fix: $(VENV)/.ready-dev ## format, and mend what ruff can
	@$(BIN)/ruff check --fix -q .
	@$(BIN)/ruff format -q .

$(VENV)/.ready-bench: $(VENV)/.ready
	@echo "Installing what the benchmarks compare with into $(VENV) (once) ..."
	@$(PIP) install --no-compile -c constraints.txt -e '.[apps,bench]'
	@touch $@

bench: $(VENV)/.ready-bench ## the benchmarks
	@$(BIN)/python -m benchmarks

docs: $(VENV)/.ready ## write again what is generated: method.md, tables.md, data.md, own_data.md, default.yaml
	@$(BIN)/python docs/make_method.py
	@$(BIN)/python docs/make_tables.py
	@$(BIN)/python -m toolkit.data.document > docs/data.md
	@$(BIN)/python docs/make_own_data.py
	@$(BIN)/kat parameters --yaml > parameters/default.yaml

gallery: $(VENV)/.ready-dev ## take the pictures of docs/gallery again (needs Chromium)
	@$(BIN)/python docs/make_gallery.py

clean: ## remove what was made here, but not .venv
	@rm -rf out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
