#!/usr/bin/env bash
# The stack on this machine: up | down | clean | test-up | compose ARGUMENTS...
set -euo pipefail
cd "$(dirname "$0")/.."
READY_TIMEOUT_S=180

compose() { # either generation of Compose
    if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi
}

SECRETS="POSTGRES ORGANIZER GATEWAY_DATABASE DISPATCHER_DATABASE AGGREGATOR_DATABASE
    GATEWAY_BROKER DISPATCHER_BROKER RUNNER_BROKER AGGREGATOR_BROKER"

make_secrets() { # those that are there stay; an older installation lacks some, and has some that nobody uses any more
    mkdir -p .arena
    (
        umask 077
        for name in $SECRETS; do
            sed -n "/^ARENA_SECRET_$name=/p" .arena/secrets.env 2>/dev/null | grep . ||
                echo "ARENA_SECRET_$name=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
        done >.arena/secrets.env.new
        sed -n 's/^ARENA_SECRET_ORGANIZER=//p' .arena/secrets.env.new | tr -d '\n' >.arena/organizer-token
        mv .arena/secrets.env.new .arena/secrets.env
    )
}

stack() {
    compose --project-name arena --env-file .arena/secrets.env --file deploy/compose.yaml "$@"
}

quietly() { # without the lines that say that nothing changed; Compose's own failure stays one
    grep -v -e 'up-to-date' -e 'attribute .version. is obsolete' -e '^$' >&2 || true # Compose 1 needs the version, 2 does not
}

wait_ready() { # URL
    .venv/bin/python - "$1" "$READY_TIMEOUT_S" <<'PYTHON'
import sys, time, httpx
url, limit = sys.argv[1], time.monotonic() + float(sys.argv[2])
answer = "no answer"
while time.monotonic() < limit:
    try:
        response = httpx.get(url, timeout=5)
        if response.status_code == 200:
            sys.exit(0)
        answer = response.text
    except httpx.HTTPError as error:
        answer = repr(error)
    time.sleep(0.3)
sys.exit(f"stack: expected {url} to be ready, got {answer}; see 'make logs'")
PYTHON
}

remove_study_containers() {
    docker ps -aq --filter label=arena.runner | xargs -r docker rm -fv >/dev/null
}

case ${1:?up, down, clean, test-up or compose} in
    up)
        bash deploy/engine.sh
        bash deploy/venv.sh client
        bash deploy/images.sh
        make_secrets
        stack up -d --remove-orphans 2>&1 | quietly
        wait_ready "http://127.0.0.1:${ARENA_PORT:-8080}/readyz"
        ;;
    down)
        [ -f .arena/secrets.env ] && stack down --remove-orphans
        remove_study_containers
        ;;
    clean)
        if docker info >/dev/null 2>&1; then
            make_secrets
            stack down --volumes --remove-orphans
            compose --project-name arena-test --file deploy/compose.test.yaml down --volumes --remove-orphans
            remove_study_containers
            docker image prune --all --force --filter label=arena.inputs >/dev/null
            docker rmi debian:bookworm-slim >/dev/null 2>&1 || true # if nobody else uses it
        fi
        rm -rf .venv .arena dist
        find . -name __pycache__ -prune -exec rm -rf {} +
        rm -rf .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
        ;;
    test-up)
        compose --project-name arena-test --file deploy/compose.test.yaml up -d 2>&1 | quietly
        wait_ready "http://arena:arena@127.0.0.1:55673/api/overview"
        ;;
    compose)
        shift
        stack "$@"
        ;;
    *)
        echo "stack: expected up, down, clean, test-up or compose, got $1" >&2
        exit 2
        ;;
esac
