# jesignd: two commands, `make demo` and `make test`. Neither needs root.
#
#   make demo [ONCE=1]   the whole line on sample exports; ends by itself with ONCE=1 or without a terminal
#   make test [ARGS=…]   every test; those whose tool is missing are skipped, and say so
#   make check           tests, lint, format, types, import contracts
#   make lock            pin the dependencies again (requirements/*.lock)
#
# PY=python3.12 chooses the interpreter (3.11 or later); INSTALLER=pip does without uv, ten times slower.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
PY ?= python3
INSTALLER ?= uv
V := .venv
PIP := $(V)/bin/python -m pip --disable-pip-version-check
UV := $(V)/bin/uv
PLUGINS := $(wildcard plugins/*/pyproject.toml)
EDITABLE := -e . $(addprefix -e ,$(dir $(PLUGINS)))
ARGS ?=
# Twice as many as processors: many tests wait for a daemon, a clock or a disk; whoever is done takes from the others.
WORKERS ?= $(shell echo $$(( $$(nproc) * 2 )))

# What the slower tests call, and the Debian package that has it.
TOOLS := pdfsig:poppler-utils qpdf:qpdf softhsm2-util:softhsm2 mutool:mupdf-tools strace:strace initdb:postgresql

.PHONY: demo dev test check lint lock tools clean

demo: $(V)/.run
	@$(V)/bin/jesignd demo $(if $(ONCE),--once)

dev: $(V)/.dev

test: $(V)/.dev tools
	$(V)/bin/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: $(V)/.dev
	$(V)/bin/ruff check .
	$(V)/bin/ruff format --check .
	$(V)/bin/mypy
	$(V)/bin/lint-imports

check: lint test

# The venv, and in it what installs and builds the rest: everything checked against its hash.
$(V)/.base: requirements/build.lock
	@$(PY) -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Il faut Python 3.11 ou plus récent, avec venv (Debian : apt-get install python3-venv)." >&2; exit 1; }
	@$(PY) -m venv $(V)
	@$(PIP) install -q --require-hashes -r requirements/build.lock
	@touch $@

$(V)/.run: $(V)/.base requirements/run.lock pyproject.toml $(PLUGINS)
	@test -e $(V)/.dev || $(MAKE) -s LOCK=run install
	@touch $@

$(V)/.dev: $(V)/.base requirements/dev.lock pyproject.toml $(PLUGINS)
	@$(MAKE) -s LOCK=dev install
	@touch $@ $(V)/.run

.PHONY: install
ifeq ($(INSTALLER),pip)
install:
	$(PIP) install -q --require-hashes -r requirements/$(LOCK).lock
	$(PIP) install -q --no-deps --no-build-isolation $(EDITABLE)
else
install:
	$(UV) pip sync -q --require-hashes --python $(V) requirements/$(LOCK).lock requirements/build.lock
	$(UV) pip install -q --no-deps --no-build-isolation --python $(V) $(EDITABLE)
endif

# Never fatal here: tests that miss a tool skip and say so, unless JESIGND_REQUIRE_TOOLS=1 makes that a failure.
tools:
	@missing=; PATH="$$PATH:$$(echo /usr/lib/postgresql/*/bin | tr ' ' ':')"; \
	for tool in $(TOOLS); do command -v "$${tool%%:*}" >/dev/null || missing="$$missing $${tool##*:}"; done; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing; } >/dev/null 2>&1 \
	    && missing= || echo "apt-get n'a pas pu installer :$$missing" >&2; \
	fi; \
	[ -z "$$missing" ] || echo "Absents, leurs tests seront sautés :$$missing" >&2

lock: $(V)/.base
	$(UV) pip compile -q --universal --generate-hashes --no-header pyproject.toml --group dev -o requirements/dev.lock
	$(UV) pip compile -q --universal --generate-hashes --no-header pyproject.toml -c requirements/dev.lock -o requirements/run.lock
	$(UV) pip compile -q --universal --generate-hashes --no-header requirements/build.in -c requirements/dev.lock -o requirements/build.lock

clean:
	rm -rf $(V) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
