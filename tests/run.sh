#!/usr/bin/env bash
# All tests. Those on the container engine share its CPUs and images, so one process runs them, one after the other; the
# others run beside it in several processes. The hostile set then has the machine to itself. ARENA_TEST_WORKERS is the
# number of processes for the others; arguments go to every run.
set -euo pipefail
cd "$(dirname "$0")/.."
workers=${ARENA_TEST_WORKERS:-$(nproc)}
on_engine=(
    tests/end_to_end
    tests/browser/test_user_journeys.py
    tests/integration/arena/test_check.py
    tests/integration/images
    tests/integration/packaging
    tests/integration/sandbox
)
log=$(mktemp)
trap 'rm "$log"' EXIT

failed=0
COVERAGE_FILE=.arena/coverage/data.engine pytest "${on_engine[@]}" "$@" >"$log" 2>&1 &
engine=$!
COVERAGE_FILE=.arena/coverage/data.others pytest --numprocesses "$workers" --dist worksteal "${on_engine[@]/#/--ignore=}" \
    --ignore=tests/hostile "$@" || failed=$?
wait "$engine" || failed=$?
cat "$log"
COVERAGE_FILE=.arena/coverage/data.hostile pytest tests/hostile "$@" || failed=$?
exit "$failed"
