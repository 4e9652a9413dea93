#!/usr/bin/env bash
# Runs a command with the test packages: in .venv if the host has CPython 3.11, else in the image arena-tools.
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v python3.11 >/dev/null || python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
    bash deploy/venv.sh dev
    PATH=$PWD/.venv/bin:$PATH exec "$@"
fi

bash deploy/engine.sh
bash deploy/venv.sh client
bash deploy/images.sh tools
mkdir -p .venv .arena/tools-venv .arena/tools-home
socket=/var/run/docker.sock
terminal=()
[ ! -t 0 ] || terminal=(--interactive --tty)
mapfile -t settings < <(compgen -e | sed -n 's/^ARENA_.*/--env=&/p')
# The container uses the host's engine, network and control groups. The tree has the same path on both sides.
exec docker run --rm --init "${terminal[@]}" --network host --cgroupns host \
    --user "$(id -u):$(id -g)" --group-add "$(stat -Lc %g "$socket")" \
    --env HOME="$PWD/.arena/tools-home" --env CI "${settings[@]}" \
    --volume "$socket:$socket" --volume /sys/fs/cgroup:/sys/fs/cgroup:ro \
    --volume "$PWD:$PWD" --volume "$PWD/.arena/tools-venv:$PWD/.venv" --workdir "$PWD" \
    arena-tools:local bash deploy/tools.sh "$@"
