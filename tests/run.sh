#!/usr/bin/env bash
# All tests, side by side where they may be; the hostile set then has the machine to itself. `make test` and `make coverage`.
# ARENA_TEST_WORKERS is the number of processes; arguments go to both runs.
set -euo pipefail
cd "$(dirname "$0")/.."
workers=${ARENA_TEST_WORKERS:-$(($(nproc) + 1))} # one of them mostly waits for containers

failed=0
pytest --numprocesses "$workers" --dist loadgroup --ignore tests/hostile "$@" || failed=$?
pytest tests/hostile "$@" || failed=$?
exit "$failed"
