#!/usr/bin/env bash
# All tests, in lanes side by side. Those of whole platforms, and of `arena check`, which must not meet itself, are the
# longest. The sandbox has a lane of its own. The others, which start no containers, run in several processes, and are nice
# to the longest lane. The hostile set follows when the engine is quiet, because its submissions have limits of time.
# ARENA_TEST_WORKERS is the number of processes for the others; arguments go to every run.
set -euo pipefail
cd "$(dirname "$0")/.."
workers=${ARENA_TEST_WORKERS:-$(nproc)}
platforms=(
    tests/end_to_end
    tests/chaos
    tests/browser/test_user_journeys.py
    tests/integration/arena/test_check.py
    tests/integration/arena/test_pack_sources.py
    tests/integration/packaging
)
sandbox=(
    tests/integration/backup/test_containers.py
    tests/integration/backup/test_point_in_time.py
    tests/integration/engine_in_container
    tests/integration/faults
    tests/integration/images
    tests/integration/sandbox
)
logs=$(mktemp -d)
trap 'rm -r "$logs"' EXIT

lane() { # NAME COMMAND...: in the background, into a file
    COVERAGE_FILE=.arena/coverage/data.$1 "${@:2}" >"$logs/$1" 2>&1 &
}

failed=0
elsewhere=("${platforms[@]/#/--ignore=}" "${sandbox[@]/#/--ignore=}" --ignore=tests/hostile)
lane others nice -n 5 pytest --numprocesses "$workers" --dist worksteal "${elsewhere[@]}" "$@"
others=$!
lane sandbox pytest "${sandbox[@]}" "$@"
sandboxes=$!
COVERAGE_FILE=.arena/coverage/data.platforms pytest "${platforms[@]}" "$@" || failed=$?
wait "$sandboxes" || failed=$?
cat "$logs/sandbox"
COVERAGE_FILE=.arena/coverage/data.hostile pytest tests/hostile "$@" || failed=$?
wait "$others" || failed=$?
cat "$logs/others"
exit "$failed"
