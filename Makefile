# Every verb does its own set-up; a second run reuses what is there.
.PHONY: demo test test-long ready lint bench up down clean logs

demo: ## score three example optimizers, live, on the whole stack
	@bash deploy/demo.sh

test: ready ## all tests, on the real RabbitMQ, Postgres and Docker engine
	@.venv/bin/pytest

test-long: ready ## fuzzing of the zip intake, the relay's parser and the HTTP API, for minutes
	@.venv/bin/pytest -m long

ready:
	@bash deploy/engine.sh && bash deploy/venv.sh && bash deploy/images.sh && bash deploy/browser.sh && bash deploy/stack.sh test-up

lint: ## style, types, and who may import whom
	@bash deploy/venv.sh
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

bench: ## the table of benchmarks/results/latest.json
	@bash deploy/browser.sh && bash deploy/stack.sh up && .venv/bin/python -m benchmarks

up: ## start the stack and leave it running
	@bash deploy/stack.sh up

down: ## stop the stack; data and images stay
	@bash deploy/stack.sh down

clean: ## leave nothing behind but the source
	@bash deploy/stack.sh clean

logs: ## follow the services' logs
	@bash deploy/stack.sh compose logs -f --tail 100
