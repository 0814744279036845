# `make demo` shows the product, `make test` proves it. Both work from a fresh clone and install what they need.

FRONTEND := timer_widget/frontend
CLIENT := tests/clients/typescript
RPDE := tests/clients/rpde

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo docs test bench fault-run mirror-faults payment-faults compare-connectors query-plans invoice-delays payout-runs provisioning-faults fuzz random-clicks mutants image previous-version rolling-restart lint lock build-widget

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.runtime build/docs/index.html ## Run the bridge, a worker, a pretend Harvest and a ticket board (BRIDGE_PORT, SANDBOX_PORT, HOST_PORT, VERBOSE=1)
	@.venv/bin/python manage.py rundemo

docs: build/docs/index.html ## The manual, docs/, as a site: served at /docs/manual/

build/docs/index.html: .venv/.docs .ci/docs.py .ci/zensical.toml CHANGELOG.md $(shell find docs deploy -type f)
	@echo "==> Building the manual"
	@.venv/bin/python .ci/docs.py

test: .venv/.development $(FRONTEND)/node_modules/.package-lock.json $(CLIENT)/node_modules/.package-lock.json $(RPDE)/node_modules/.package-lock.json ## Every check and test, browsers, PostgreSQL and Redis included
	@.ci/test.sh

bench: .venv/.development ## What a request costs, side by side with other ways, written to docs/benchmarks.md
	@.venv/bin/python -m tests.bench

fault-run: .venv/.development ## 100,000 webhook events through 72 hours of a dead receiver, kills and restarts, written to docs/benchmarks-webhooks.md
	@.venv/bin/python -m tests.bench.fault_report

mirror-faults: .venv/.development ## A thousand faulted passes over Harvests that change, fail and lie, on both databases (MIRROR_SEEDS, MIRROR_PASSES)
	@MIRROR_SEEDS=$${MIRROR_SEEDS:-25} MIRROR_PASSES=$${MIRROR_PASSES:-50} .venv/bin/python -m pytest -q tests/mirror/test_convergence.py
	@TEST_DATABASE=postgres MIRROR_SEEDS=$${MIRROR_SEEDS:-25} MIRROR_PASSES=$${MIRROR_PASSES:-50} .venv/bin/python -m pytest -q tests/mirror/test_convergence.py

provisioning-faults: .venv/.development ## A thousand won deals through kill -9, lost answers and races on both databases, written to docs/benchmarks-provisioning.md (PROVISIONING_DEALS)
	@.venv/bin/python -m tests.bench.provisioning_faults

payment-faults: .venv/.development ## Ten thousand payments through faults and kill -9 on both databases, written to docs/benchmarks-invoices.md (PUSHES)
	@.venv/bin/python -m tests.bench.payment_faults

compare-connectors: .venv/.development ## Singer's tap-harvest, Airbyte's source-harvest and the mirror read one account; every record is compared, written to docs/benchmarks-mirror.md
	@.venv/bin/python -m pytest -q -p no:randomly -n 0 tests/mirror/published_connectors.py

query-plans: .venv/.development ## Which indexes PostgreSQL uses for what is asked of a million rows, written to docs/benchmarks-mirror.md (QUERY_PLAN_ROWS)
	@TEST_DATABASE=postgres .venv/bin/python -m pytest -q -s -p no:randomly -n 0 tests/mirror/query_plans.py

invoice-delays: .venv/.development ## How late changes of 10,000 invoices are told, and by how many calls, written to docs/benchmarks-mirror.md (INVOICE_MINUTES)
	@.venv/bin/python -m pytest -q -p no:randomly -n 0 tests/invoices/invoice_delays.py

payout-runs: .venv/.development ## 10,000 random payout runs added up by hledger, ledger and beancount, and 1,000 late changes (PAYOUT_RUNS, PAYOUT_EDITS)
	@PAYOUT_RUNS=$${PAYOUT_RUNS:-10000} PAYOUT_EDITS=$${PAYOUT_EDITS:-1000} .venv/bin/python -m pytest -q tests/insights/payouts/test_ledgers.py tests/insights/payouts/test_late_edits.py

fuzz: .venv/.development ## Every odd text at every parameter of every route; `make test` tries a few (TEST_DATABASE=postgres)
	@FUZZ=1 .venv/bin/python -m pytest -q -n 2 tests/fuzz

random-clicks: .venv/.development ## Random clicks at the timer against the sandbox, entry by entry; `make test` tries a few (RUNS=200)
	@CLICK_RUNS=$${RUNS:-200} .venv/bin/python -m pytest -q tests/timer_widget/stateful

mutants: .venv/.development ## Small faults in the crucial modules that no test notices; takes hours (ONLY=part of a path)
	@.ci/mutants.sh

rolling-restart: .venv/.development ## 100,000 requests while every process is replaced, written to docs/benchmarks-restarts.md (REQUESTS=10000)
	@REQUESTS=$${REQUESTS:-100000} .venv/bin/python -m tests.bench.rolling_restart

previous-version: .venv/.development ## Whether the version before the newest migration works on this one's schema (COMMIT=…)
	@.venv/bin/python -m tests.previous_version $(COMMIT)

image: ## Check every file of deploy/, build the image without a Docker engine, and run it read-only; as root on Debian
	@.ci/image.sh

lint: .venv/.development $(FRONTEND)/node_modules/.package-lock.json ## Style, layout and types only
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	npm --prefix $(FRONTEND) run --silent lint

lock: .venv/.development ## Lock the Python packages anew from pyproject.toml (UPGRADE=1 for the newest)
	@.ci/lock.sh

build-widget: $(FRONTEND)/node_modules/.package-lock.json ## Join the widget's modules into static/timer_widget/
	npm --prefix $(FRONTEND) run build

.venv/.runtime: .ci/requirements.txt
	@.ci/set-up.sh runtime

.venv/.docs: .ci/requirements-docs.txt
	@.ci/set-up.sh docs

.venv/.development: .ci/requirements-dev.txt .ci/requirements.txt
	@.ci/set-up.sh development

%/node_modules/.package-lock.json: %/package-lock.json
	@.ci/system-packages.sh test
	@echo "==> Installing the Node packages of $*"
	@npm --prefix $* ci --silent --no-audit --no-fund
	@touch $@
