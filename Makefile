# jesignd: two commands, `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PY ?= python3
V := .venv
UV := $(V)/bin/uv
EDITABLE := -e . $(addprefix -e ,$(wildcard plugins/*/))

.PHONY: dev lock
dev: $(V)/.dev

$(UV): requirements/uv.lock
	$(PY) -m venv $(V)
	$(V)/bin/python -m pip install -q --require-hashes -r requirements/uv.lock
	@touch $@

$(V)/.dev: $(UV) requirements/dev.lock pyproject.toml $(wildcard plugins/*/pyproject.toml)
	$(UV) pip sync -q --require-hashes --python $(V) requirements/dev.lock
	$(UV) pip install -q --no-deps --python $(V) $(EDITABLE)
	@touch $@

lock: $(UV)
	$(UV) pip compile -q --universal --generate-hashes --no-header pyproject.toml -o requirements/run.lock
	$(UV) pip compile -q --universal --generate-hashes --no-header pyproject.toml --group dev -o requirements/dev.lock
	$(UV) pip compile -q --universal --generate-hashes --no-header requirements/uv.in -o requirements/uv.lock
