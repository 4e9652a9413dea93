#!/usr/bin/env bash
# All tests. Those on the container engine share its CPUs and images, so they run one after the other, the hostile set
# last, because it looks at all that is on the engine. The others, which start no containers, run beside them in several
# processes, and are nice to them, because they are done sooner. ARENA_TEST_WORKERS is the number of these processes;
# arguments go to every run.
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
COVERAGE_FILE=.arena/coverage/data.others nice -n 5 pytest --numprocesses "$workers" --dist worksteal \
    "${on_engine[@]/#/--ignore=}" --ignore=tests/hostile "$@" >"$log" 2>&1 &
others=$!
COVERAGE_FILE=.arena/coverage/data.engine pytest "${on_engine[@]}" "$@" || failed=$?
COVERAGE_FILE=.arena/coverage/data.hostile pytest tests/hostile "$@" || failed=$?
wait "$others" || failed=$?
cat "$log"
exit "$failed"
