# Every verb does its own set-up; a second run reuses what is there.
.PHONY: help demo test coverage chaos test-long test-cluster test-debian13 ready lint docs wheels bench replay-2020 up down clean logs

help: ## what there is to make
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

demo: ## score three example optimizers, live, on the whole stack
	@bash deploy/demo.sh

test: ready ## all tests, on the real RabbitMQ, Postgres and Docker engine
	@bash deploy/tools.sh bash -c 'bash deploy/packages.sh chromium libfaketime && bash deploy/promtool.sh && bash deploy/runsc.sh && bash tests/run.sh'

coverage: ready ## all tests, and how much of the code they run, the services' processes included
	@bash deploy/tools.sh bash -c 'bash deploy/packages.sh chromium libfaketime && bash deploy/promtool.sh && bash deploy/runsc.sh && coverage erase \
	    && bash tests/run.sh --cov --cov-report= && coverage combine && coverage report'

chaos: ready ## throw FAULTS=70 faults, drawn from SEED=1, at a platform of its own, and check what it promised
	@bash deploy/tools.sh bash -c 'bash deploy/packages.sh libfaketime && python -m tests.chaos --seed $(or $(SEED),1) --faults $(or $(FAULTS),70)'

test-long: ready ## fuzzing of zip validation, the relay's parser and the HTTP API, for minutes
	@bash deploy/tools.sh pytest -m long

test-cluster: ready ## on a real Kubernetes: that of KUBECONFIG, else one of three nodes that is built here once, in minutes
	@bash deploy/images.sh engine
	@bash deploy/tools.sh bash tests/cluster/run.sh

test-debian13: ready ## on Debian 13's own kernel and Docker, in a process of this machine; needs root and mmdebstrap
	@bash tests/debian13/run.sh

ready: ## the engine, the images and the test stack that the tests need
	@bash deploy/engine.sh && bash deploy/venv.sh client && bash deploy/images.sh && bash deploy/stack.sh test-up
	@bash deploy/tools.sh true

lint: ## style, types, who may import whom, shell, Dockerfiles, SQL, the website's scripts, and the documentation
	@bash deploy/tools.sh bash -c 'ruff check . && ruff format --check . && mypy && lint-imports && bash deploy/lint/lint.sh \
	    && python -m deploy.documentation'
	@bash deploy/lint/website.sh

docs: ## the documentation's site, in .arena/site
	@bash deploy/tools.sh python -m deploy.documentation

wheels: ## what people install, in dist/
	@bash deploy/tools.sh bash -c 'python -m deploy.website && uv build --quiet --wheel --out-dir dist . && uv build --quiet --wheel --out-dir dist services'

bench: ## the table of benchmarks/results/latest.json, on a stack of its own of which nothing stays
	@bash deploy/engine.sh && bash deploy/venv.sh client && bash deploy/images.sh
	@bash deploy/tools.sh bash -c 'bash deploy/packages.sh chromium && bash deploy/runsc.sh && python -m benchmarks'

replay-2020: ## all of 2020 again, in minutes: every submission, on servers of its own of which nothing stays; TIMES=10: tenfold
	@bash deploy/engine.sh && bash deploy/venv.sh client && bash deploy/images.sh
	@bash deploy/tools.sh python -m benchmarks.replay --times $(or $(TIMES),1)

up: ## start the stack and leave it running
	@bash deploy/stack.sh up

down: ## stop the stack; data and images stay
	@bash deploy/stack.sh down

clean: ## leave nothing behind but the source
	@bash deploy/stack.sh clean

logs: ## follow the services' logs
	@bash deploy/stack.sh compose logs -f --tail 100
