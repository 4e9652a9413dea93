#!/usr/bin/env bash
# Runs a command with the packages of the tests: in .venv where the host has CPython 3.11, else in the image arena-tools.
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
# The engine, its networks and what its containers use are the host's; the tree has the same path inside and outside.
exec docker run --rm --init "${terminal[@]}" --network host --cgroupns host \
    --user "$(id -u):$(id -g)" --group-add "$(stat -Lc %g "$socket")" \
    --env HOME="$PWD/.arena/tools-home" --env CI "${settings[@]}" \
    --volume "$socket:$socket" --volume /sys/fs/cgroup:/sys/fs/cgroup:ro \
    --volume "$PWD:$PWD" --volume "$PWD/.arena/tools-venv:$PWD/.venv" --workdir "$PWD" \
    arena-tools:local bash deploy/tools.sh "$@"
