# make run    the whole assistant with a demo hospital on this machine
# make test   everything that is checked, on a machine with only Python 3.11, git and package registries
# make bench  every speed claim, as ratios
# make faults the ten proofs that pushes survive kills, restarts, bad gateways, full disks…, at full scale
# make setup  .venv with the pinned dependencies;  make lint  the checks without the tests
#
# PORT=8001 make run, SUIZHEN_DATA_DIR=/srv/suizhen make run: another port, another place for the data.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help run test bench faults setup deps system lint format clean
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-input

# Installs the requirement files named in $(1) unless they are what was installed last; the stamp is written
# last, so that an interrupted set-up is taken up again, and a broken one is made anew.
define install
	want=$$(cat $(1) requirements-lock.txt | cksum | tr -d ' ')
	stamp=$(VENV)/.installed-$(2)
	if [ "$$(cat $$stamp 2>/dev/null)" = "$$want" ] && $(BIN)/python -c pass 2>/dev/null; then exit 0; fi
	python=""
	for candidate in $${PYTHON:-} python3.11 python3.12 python3.13 python3; do
		if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi
	done
	if [ -z "$$python" ]; then echo "随诊 needs Python 3.11 or newer (PYTHON=/path/to/python make …)"; exit 1; fi
	fresh() { echo "── a virtual environment in $(VENV) ($$($$python --version))"; $$python -m venv --clear $(VENV); }
	$(BIN)/python -m pip --version >/dev/null 2>&1 || fresh
	echo "── installing $(1)"
	$(PIP) -r $(lastword $(1)) -c requirements-lock.txt || { fresh; $(PIP) -r $(lastword $(1)) -c requirements-lock.txt; }
	echo "$$want" > $$stamp
endef

# One more than cores: a fifth of the tests' time is waiting for other processes.
WORKERS ?= $(shell echo $$(($$(nproc 2>/dev/null || echo 2) + 1)))

help:
	@sed -n 's/^# //p' Makefile | sed '/^Installs/,$$d'

deps:
	@$(call install,requirements.txt,run)

setup:
	@$(call install,requirements.txt requirements-dev.txt,dev)
	echo "── ready: $(BIN)/python ($$($(BIN)/python --version))"

run: deps
	@exec $(BIN)/python -m bot serve --demo --tied

# What pip cannot bring: a browser for the phone page, Chinese fonts for what it shows, make's own helpers.
system:
	@missing=""
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="chromium"
	{ command -v fc-list >/dev/null && [ -n "$$(fc-list :lang=zh | head -1)" ]; } || missing="$$missing fontconfig fonts-noto-cjk"
	if [ -z "$$missing" ]; then exit 0; fi
	if ! command -v apt-get >/dev/null || [ "$$(id -u)" != 0 ]; then
		echo "make test needs:$${missing/#/ } — install with: sudo apt-get install $$missing"; exit 1
	fi
	echo "── installing$${missing/#/ } (Debian)"
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q || true
	apt-get install -y -q --no-install-recommends $$missing

lint: setup
	@echo "── ruff"; $(BIN)/ruff check .
	echo "── mypy"; $(BIN)/mypy
	echo "── import contracts"; $(BIN)/lint-imports --no-logo
	echo "── dependencies"; $(BIN)/deptry .

# The checks without the tests run beside them, on one core, and are shown after them.
test:
	@make -j2 --output-sync=target setup system
	unset PYTHONDONTWRITEBYTECODE  # the processes that tests start would each compile everything
	lint=$$(mktemp); trap 'rm -f "$$lint"' EXIT
	make lint >"$$lint" 2>&1 & beside=$$!
	status=0
	echo "── pytest"; $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(PYTEST_ARGS) || status=$$?
	wait $$beside || status=1
	cat "$$lint"
	exit $$status

bench: setup
	@$(BIN)/python -m bench

faults: setup
	@$(BIN)/python -m tests.faults

format: setup
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

clean:
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .grimp_cache; find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
