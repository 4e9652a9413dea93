#!/usr/bin/env bash
# Makes sure that a Docker engine answers and that Compose is there. Quick when they are.
set -euo pipefail
cd "$(dirname "$0")/.."
ENGINE_WAIT_S=60

say() { echo "engine: $*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_install() {
    command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

install_packages() {
    say "installing $*"
    as_root apt-get update -qq >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

check_rights() { # a socket without access rights never answers: say so at once
    [ ! -S /var/run/docker.sock ] || [ -w /var/run/docker.sock ] || {
        say "expected a user who may use the Docker engine, got $(id -un);" \
            "run 'sudo usermod -aG docker $(id -un)', log in again, and run this command again"
        exit 1
    }
}

has_compose() { docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null; }

if ! docker info >/dev/null 2>&1 && ! command -v dockerd >/dev/null || ! has_compose; then
    if ! can_install; then
        say "expected Docker Engine and Compose, found none that this user may use." \
            "Install Docker Engine 20.10 or later with Compose, start it, and run this command again."
        exit 1
    fi
    install_packages docker.io docker-compose
fi

if ! docker info >/dev/null 2>&1; then
    check_rights
    if [ -d /run/systemd/system ]; then
        as_root systemctl start docker
    else
        mkdir -p .arena
        say "starting dockerd (log: .arena/dockerd.log)"
        as_root setsid dockerd </dev/null >.arena/dockerd.log 2>&1 &
    fi
    for _ in $(seq "$ENGINE_WAIT_S"); do
        docker info >/dev/null 2>&1 && break
        check_rights
        sleep 1
    done
    docker info >/dev/null 2>&1 || {
        say "the Docker engine did not answer within $ENGINE_WAIT_S s; see .arena/dockerd.log or 'systemctl status docker'"
        exit 1
    }
fi
