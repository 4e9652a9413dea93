#!/usr/bin/env bash
# The stack on this machine: up [SERVICE...] | down | remove | clean | test-up | compose ARGUMENTS...
# ARENA_PROJECT and ARENA_STATE name another stack beside the user's own; the benchmarks use this.
set -euo pipefail
cd "$(dirname "$0")/.."
READY_TIMEOUT_S=180
PROJECT=${ARENA_PROJECT:-arena}
STATE=${ARENA_STATE:-.arena}
if [ -f "$STATE/lab/ports.sh" ]; then # deploy/lab.sh has opened this stack to runners on other machines
    # shellcheck source=/dev/null
    . "$STATE/lab/ports.sh"
fi

compose() { # works with Compose 1 and 2
    if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi
}

SECRETS="POSTGRES ORGANIZER GATEWAY_DATABASE DISPATCHER_DATABASE AGGREGATOR_DATABASE
    GATEWAY_BROKER DISPATCHER_BROKER RUNNER_BROKER AGGREGATOR_BROKER RUNNER"

make_secrets() { # keeps existing ones; an older installation lacks some, and has some that are no longer used
    mkdir -p "$STATE"
    (
        umask 077
        {
            for name in $SECRETS; do
                sed -n "/^ARENA_SECRET_$name=/p" "$STATE/secrets.env" 2>/dev/null | grep . ||
                    echo "ARENA_SECRET_$name=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
            done
            grep -v '^ARENA_SECRET_' "$STATE/secrets.env" 2>/dev/null || true # keep settings that an operator has added
        } >"$STATE/secrets.env.new"
        sed -n 's/^ARENA_SECRET_ORGANIZER=//p' "$STATE/secrets.env.new" | tr -d '\n' >"$STATE/organizer-token"
        mv "$STATE/secrets.env.new" "$STATE/secrets.env"
    )
}

check_passwords() { # the database keeps the passwords that it was made with
    local volume=${PROJECT}_postgres
    if [ ! -f "$STATE/secrets.env" ] && docker volume inspect "$volume" >/dev/null 2>&1; then
        echo "stack: expected $STATE/secrets.env with the passwords of the data in the volume $volume, found none." \
            "Bring that file back, or delete the data: docker volume rm ${PROJECT}_postgres ${PROJECT}_rabbitmq ${PROJECT}_blobs" >&2
        exit 1
    fi
}

setting() { # NAME DEFAULT: from the environment, else what an operator has added to secrets.env
    local given=${!1:-}
    [ -n "$given" ] || given=$(sed -n "s/^$1=//p" "$STATE/secrets.env" 2>/dev/null | tail -n 1 || true)
    echo "${given:-$2}"
}

stack() {
    ARENA_PUBLIC_URL=$(setting ARENA_PUBLIC_URL "http://127.0.0.1:$(setting ARENA_PORT 8080)")
    export ARENA_PUBLIC_URL
    local files=(--file deploy/compose/stack.yaml)
    if [ -f "$STATE/lab/ports.sh" ]; then
        files+=(--file deploy/compose/lab.yaml)
        ARENA_LAB_TLS=$(realpath "$STATE/lab/tls")
        export ARENA_LAB_TLS
    fi
    if [ -f "$STATE/archive" ]; then # deploy/archive.sh keeps every change of the database
        files+=(--file deploy/compose/archive.yaml)
        ARENA_ARCHIVE=$(cat "$STATE/archive")
        export ARENA_ARCHIVE
    fi
    compose --project-name "$PROJECT" --env-file "$STATE/secrets.env" "${files[@]}" "$@"
}

quietly() { # drops the lines that say that nothing changed, and keeps Compose's exit code
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

remove_containers() { # whose ids are read; some remove themselves meanwhile, which `docker rm` calls a failure
    xargs -r docker rm -fv >/dev/null 2>&1 || true
}

remove_study_containers() { # all but those of another stack's runner that still runs
    local id owner
    docker ps --all --filter label=arena.runner --format '{{ .ID }} {{ .Label "arena.runner" }}' \
        | while read -r id owner; do
            [ "$(docker inspect -f '{{ .State.Running }}' "$owner" 2>/dev/null)" = true ] || echo "$id"
        done | remove_containers
}

case ${1:?up, down, remove, clean, test-up or compose} in
    up)
        bash deploy/engine.sh
        check_passwords
        bash deploy/venv.sh client
        bash deploy/images.sh
        make_secrets
        shift
        stack up -d --remove-orphans "$@" 2>&1 | quietly
        listen=$(setting ARENA_LISTEN 127.0.0.1)
        [ $# -gt 0 ] || wait_ready "http://${listen/#0.0.0.0/127.0.0.1}:$(setting ARENA_PORT 8080)/readyz"
        ;;
    down)
        [ -f "$STATE/secrets.env" ] && stack down --remove-orphans
        remove_study_containers
        ;;
    remove) # with its data, but not the images
        [ "$PROJECT" != arena ] && [ "$STATE" != .arena ] || {
            echo "stack: expected ARENA_PROJECT and ARENA_STATE, so that no user's stack is removed" >&2 && exit 2
        }
        make_secrets
        runners=$(stack ps -q runner)
        stack down --volumes --remove-orphans
        for runner in $runners; do
            docker ps -aq --filter "label=arena.runner=${runner:0:12}" | remove_containers
        done
        rm -rf "$STATE"
        ;;
    clean)
        if docker info >/dev/null 2>&1; then
            make_secrets
            stack down --volumes --remove-orphans
            [ ! -d .arena/bench ] || ARENA_PROJECT=arena-bench ARENA_STATE=.arena/bench bash deploy/stack.sh remove
            compose --project-name arena-test --file deploy/compose/test.yaml down --volumes --remove-orphans
            remove_study_containers
            docker image prune --all --force --filter label=arena.inputs >/dev/null
            docker rmi debian:bookworm-slim >/dev/null 2>&1 || true # unless something else uses it
        fi
        rm -rf .venv .arena dist services/gateway/website/assets/uplot
        find . -name __pycache__ -prune -exec rm -rf {} +
        rm -rf .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
        ;;
    test-up)
        compose --project-name arena-test --file deploy/compose/test.yaml up -d 2>&1 | quietly
        wait_ready "http://arena:arena@127.0.0.1:55673/api/overview"
        ;;
    compose)
        shift
        stack "$@"
        ;;
    *)
        echo "stack: expected up, down, remove, clean, test-up or compose, got $1" >&2
        exit 2
        ;;
esac
