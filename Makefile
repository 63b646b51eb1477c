# Every target sets up what it needs in .venv; a second run does nothing that is done already.
# Recipes call .venv/bin/python by its relative path, so that a folder with spaces works.

PYTHON ?= python3
# Passed to pip, e.g. for torch's CPU build on Linux, where PyPI has the CUDA one:
#   make run PIP_EXTRA='--extra-index-url https://download.pytorch.org/whl/cpu'
PIP_EXTRA ?=

# -qq: errors only. --no-compile: Python compiles what it imports, when it first does, which is
# a fraction of what is installed: a minute less. It must be free to keep the result, then.
PIP_FLAGS := -qq --disable-pip-version-check --no-compile
unexport PYTHONDONTWRITEBYTECODE
IN_VENV := .venv/bin/python -m

# A .venv whose Python has been removed or replaced keeps its stamps: drop them, to build it anew.
$(shell test -x .venv/bin/python || rm -f .venv/runtime.stamp .venv/dev.stamp)

.DEFAULT_GOAL := help
.PHONY: help run test check setup lock clean

help: ## show this list
	@echo 'Sanad: ask a news archive anything, in any language.'
	@echo
	@sed -n 's/^\([a-z ]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'
	@echo
	@echo 'Start with: make run'

run: .venv/runtime.stamp ## serve a demo news site over the sample archive on http://127.0.0.1:8000
	@echo 'Indexing the sample archive (the first time, the model is prepared as well).'
	@$(IN_VENV) sanad index sample/corpus.jsonl
	@echo
	@echo 'Serving it. Open http://127.0.0.1:8000 for a news site that answers questions,'
	@echo 'or ask in another terminal, in any language:'
	@echo '  .venv/bin/sanad ask "What did Moscow and Pyongyang sign in 2024?"'
	@echo '  .venv/bin/sanad ask "ماذا وقّعت موسكو وبيونغ يانغ عام 2024؟"'
	@$(IN_VENV) sanad serve

test: check ## set up, then lint, types, architecture and all tests

check: .venv/dev.stamp ## lint, types, architecture and all tests
	@echo 'Lint' && $(IN_VENV) ruff check --quiet .
	@echo 'Format' && $(IN_VENV) ruff format --check --quiet .
	@echo 'Types' && $(IN_VENV) mypy
	@echo 'Architecture and tests' && $(IN_VENV) pytest -q

setup: .venv/dev.stamp ## install everything that run and test need, in .venv

lock: ## resolve pyproject.toml anew and write the requirements*.lock files
	$(require_python)
	@PYTHON="$(PYTHON)" PIP_EXTRA="$(PIP_EXTRA)" scripts/lock

clean: ## remove .venv, caches and build output; your archive and models stay
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

define require_python
@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	found=$$("$(PYTHON)" --version 2>&1) || found='not found'; \
	echo "Sanad needs Python 3.11 or newer, but $(PYTHON) is: $$found." >&2; \
	echo 'Install a newer one and name it, e.g.: make PYTHON=python3.12 run' >&2; exit 1; }
endef

.venv/runtime.stamp: requirements.lock pyproject.toml
	$(require_python)
	@test -x .venv/bin/python || "$(PYTHON)" -m venv --clear .venv
	@echo 'Installing what Sanad needs in .venv: a few minutes and about 2 GB, once.'
	@$(IN_VENV) pip install $(PIP_FLAGS) -r requirements.lock $(PIP_EXTRA)
	@$(IN_VENV) pip install $(PIP_FLAGS) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/runtime.stamp requirements-dev.lock requirements-chat.txt
	@echo 'Installing what its tests need besides.'
	@$(IN_VENV) pip install $(PIP_FLAGS) -r requirements-dev.lock $(PIP_EXTRA)
	@$(IN_VENV) pip install $(PIP_FLAGS) --no-deps --only-binary :all: -r requirements-chat.txt $(PIP_EXTRA) \
		|| echo 'There is no chat server for this platform: tests that need one are skipped.'
	@touch $@
