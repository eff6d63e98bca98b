# The commands of this repository. `make preview` and `make test` need Python 3.11 or newer and, the first time, a package index.
PYTHON ?= python3.11
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile -U --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -q
READY := .venv/.ready-run
READY_DEV := .venv/.ready-dev

.PHONY: setup preview test check format docs ledger bench up clean lock

preview: $(READY)  ## plan all three stacks: no account, no login, no network
	@$(BIN)/plinth preview

test: $(READY_DEV)  ## the unit tests
	@$(BIN)/pytest -n 2 --dist loadfile

setup: $(READY_DEV)  ## everything a developer needs

check: $(READY_DEV)  ## format, lint, types, architecture, generated files up to date, policies, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m tools.docs --check
	$(BIN)/plinth policy
	@$(MAKE) --no-print-directory test

format: $(READY_DEV)  ## bring the code into form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY_DEV)  ## write every generated file anew
	@$(BIN)/python -m tools.docs

ledger: $(READY_DEV)  ## freeze the names of new resources
	@$(BIN)/python -m tools.ledger

bench: $(READY_DEV)  ## our preview against its floor and against the real engine
	@$(BIN)/python -m tools.bench

up: $(READY)  ## deploy one stack for real, judged by the policy packs: make up STACK=dev
	@test -n "$(STACK)" || { echo "which stack? make up STACK=dev"; exit 2; }
	pulumi up -s $(STACK) $(foreach pack,least_privilege tagging guardrails cost,--policy-pack policy/$(pack))

clean:  ## remove what was made, the virtual environment included
	rm -rf .venv out build *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache

lock: $(READY_DEV)  ## pin the newest versions that pyproject.toml allows
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	for image in bot django fastapi logins; do $(COMPILE) images/$$image/requirements.in -o images/$$image/requirements.txt; done

.venv/bin/uv: requirements-installer.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 2; }
	@echo "setting up .venv"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-installer.lock
	@touch $@

$(READY): .venv/bin/uv requirements.lock pyproject.toml
	@$(call install,--require-hashes -r requirements.lock)
	@$(call install,--no-deps --no-build-isolation -e .)
	@touch $@

$(READY_DEV): $(READY) requirements-dev.lock
	@$(call install,--require-hashes -r requirements-dev.lock)
	@touch $@

# uv takes a tenth of the time; pip knows the mirrors and certificates that a machine's pip.conf names.
install = $(BIN)/uv pip install -q --system-certs --python $(BIN)/python $(1) 2>.venv/uv.log \
	|| $(BIN)/python -m pip install -q --disable-pip-version-check $(1)
