#!/usr/bin/env bash
# While the given process lives, restarts containers that were killed: restart policies do not act on `docker kill`.
set -euo pipefail
cd "$(dirname "$0")/.."
while kill -0 "$1" 2>/dev/null; do
    stopped=$(docker ps -aq --filter label=com.docker.compose.project=arena --filter status=exited \
        | xargs -r docker inspect -f '{{ index .Config.Labels "com.docker.compose.service" }}' | grep -vx migrate || true)
    # shellcheck disable=SC2086 # one word a service
    [ -z "$stopped" ] || bash deploy/stack.sh compose up -d --no-deps --no-recreate $stopped >/dev/null 2>&1 || true
    sleep 1
done
