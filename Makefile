# Needs Python 3.11+, make and git; everything else is fetched into this folder and ~/.cache.
.DEFAULT_GOAL := help
PYTHON ?= python3
UV := .tools/bin/uv
READY := .venv/.ready
PEERS := .venv-bench/.ready
export UV_PROJECT_ENVIRONMENT := .venv

.PHONY: help setup run test faults mutations bench lint generate generated-drift secrets lock clean browser

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## fetch uv, create .venv, install from the lock file

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9

$(READY): $(UV) locks/development.txt $(wildcard */pyproject.toml services/*/pyproject.toml)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r locks/development.txt
	$(UV) pip install --quiet --python .venv/bin/python --no-deps -e shared -e services/registration -e services/labelling -e services/notifications -e services/stats -e cli
	@touch $(READY)

run: $(READY) ## run the whole system on embedded real servers; Ctrl-C stops it
	@.venv/bin/semaine up $(ARGS)

# Two processes, each with servers of its own; servers from elsewhere are shared, so one process.
WORKERS ?= $(if $(TEST_SERVERS)$(KAFKA_BOOTSTRAP_SERVERS)$(DATABASE_ADMIN_URL),0,2)

test: $(READY) ## every quick test: unit, contracts, integration, end to end
	@.venv/bin/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

browser: $(READY) ## every page and journey in a real browser (scripts/browser-setup), with axe; pictures in artefacts/browser
	@.venv/bin/python -m pytest -m browser tests/browser $(ARGS)

faults: $(READY) ## the ledger test: write under faults, compare with the truth (ARGS="--minutes 2 --seed 20201116")
	@.venv/bin/semaine faults $(ARGS)

mutations: $(READY) ## see the ledger test fail: break six promises, one at a time (ARGS="-k two_relays")
	@.venv/bin/python -m pytest -m slow tests/faults --durations=0 -s $(ARGS)

bench: $(READY) $(PEERS) ## measure side by side with peers, alone on the machine (ARGS="--quick", ARGS="--only latency --page")
	@.venv/bin/python -m bench $(ARGS)

$(PEERS): $(UV) locks/bench.txt locks/bench-quix.txt
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv-bench/peers
	$(UV) pip install --quiet --python .venv-bench/peers/bin/python --require-hashes -r locks/bench.txt
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv-bench/quix
	$(UV) pip install --quiet --python .venv-bench/quix/bin/python --require-hashes -r locks/bench-quix.txt
	@touch $(PEERS)

lint: $(READY) ## ruff, mypy, import-linter
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

generate: $(READY) ## write docs/schemas, docs/asyncapi.yaml and docs/openapi anew
	.venv/bin/python scripts/generate

generated-drift: $(READY) ## fail if the generated files are not what the code says
	.venv/bin/python scripts/generate --check

secrets: $(READY) ## make the passwords and keys of docker-compose.yml in .secrets/; what is there stays
	@.venv/bin/python scripts/secrets

lock: $(UV) ## resolve all dependencies anew into locks/
	scripts/lock

clean: ## remove the tools and the virtual environment
	rm -rf .tools .venv .venv-bench
