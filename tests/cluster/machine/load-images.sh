#!/usr/bin/env bash
# Brings this machine's images to the nodes, where no registry is: those of pods into each node's engine, those of studies
# as tar files that a runner's own engine loads once. Skips what is there.
set -euo pipefail
dir=${XDG_CACHE_HOME:-$HOME/.cache}/arena/cluster
everywhere=(arena-service:local arena-engine:local)
services=(arena-postgres:local arena-rabbitmq:local)     # run on the first node, which has no taint
studies=(arena-blackbox:local arena-small:local)

load() { # load NODE IMAGE...
    local node=(-H "unix://$dir/run/$1/run/docker.sock") image id
    for image in "${@:2}"; do
        id=$(docker image inspect --format '{{.Id}}' "$image")
        [ "$(docker "${node[@]}" image inspect --format '{{.Id}}' "$image" 2>/dev/null)" != "$id" ] || continue
        docker save "$image" | docker "${node[@]}" load >/dev/null
    done
    docker "${node[@]}" tag arena-service:local arena-service:next      # what a rolling update goes to
    docker "${node[@]}" image prune -f >/dev/null
}

for socket in "$dir"/run/node*/run/docker.sock; do
    name=${socket#"$dir/run/"}
    load "${name%%/*}" "${everywhere[@]}"
done
load node1 "${services[@]}"

for image in "${studies[@]}"; do
    id=$(docker image inspect --format '{{.Id}}' "$image") tar=$dir/tars/${image%%:*}.tar
    [ "$(cat "$tar.id" 2>/dev/null)" != "$id" ] || continue
    docker save --output "$tar.part" "$image"
    mv "$tar.part" "$tar"
    echo "$id" >"$tar.id"
done
