#!/bin/bash
# The container engine of one runner, which sits beside it in a pod. It lives exactly as long as the runner: it holds on at
# SIGTERM while the runner finishes its studies, and ends by itself, with 0, when the runner is gone, however it went. What
# tells is the kernel: the runner has a lock on a file, after it has written its name there, for as long as it lives.
#
#     engine.sh           the engine: starts dockerd, puts the images of studies into it, waits for the runner's end
#     engine.sh drain     the preStop hook: returns when the runner is gone, because SIGTERM comes only after it
set -euo pipefail

run=/run/arena                  # shared with the runner
lock=$run/runner.lock
socket=$run/docker.sock
early=$run/engine-starts.sock   # becomes the socket when all is prepared, so that no runner meets half an engine
data=/var/lib/arena/engine      # the data root, which outlives the pod: an image gets onto a node once
images=/var/lib/arena/images    # tar files of 'docker save'
own=/run/engine                 # dockerd's own files
RUNNER_WAIT_S=${ARENA_RUNNER_WAIT_S:-600}
DATA_WAIT_S=60
START_S=120
OWN_BYTES=$((256 * 1024 * 1024)) # of the pod's memory, for dockerd and containerd
export container=docker          # dockerd is not to load AppArmor profiles into the node's kernel
export DOCKER_HOST=unix://$early

say() { echo "engine: $*" >&2; }

die() {
    say "$@"
    exit 1
}

wait_for_runners_end() { flock --shared "$lock" true; }

if [ "${1:-}" = drain ]; then
    [ ! -s "$lock" ] || wait_for_runners_end
    exit 0
fi

# --- The pod's limit. Whatever this engine starts has to lie below this container's own control group.

own_group() { awk -F: '$2 == "memory" || $1 == 0 && $2 == "" {print $3; exit}' /proc/self/cgroup; }

memory_limit() { # the least limit that can be seen over this container; nothing where there is none
    if [ -f /sys/fs/cgroup/memory/memory.stat ]; then
        awk '$1 == "hierarchical_memory_limit" {print $2}' /sys/fs/cgroup/memory/memory.stat
        return
    fi
    local group
    group=$(own_group)
    while true; do
        cat "/sys/fs/cgroup$group/memory.max" 2>/dev/null || true
        [ "$group" != / ] || break
        group=$(dirname "$group")
    done | grep -v max | sort -n | head -1 || true
}

if [ -z "${ENGINE_GROUP:-}" ]; then
    ENGINE_MEMORY=$(memory_limit)
    ENGINE_NODE_GROUP=$(own_group) # by which the node's own processes know it; the runner reads there what containers use
    if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
        # Version 2. A privileged container sees the node's whole tree, and an engine in it would put its containers at the
        # top, outside the pod. In a namespace of its own, the top is this container's group.
        export ENGINE_MEMORY ENGINE_NODE_GROUP ENGINE_GROUP=/
        exec unshare --cgroup --mount "$0" "$@"
    fi
    ENGINE_GROUP=$(own_group)
elif [ "$ENGINE_GROUP" = / ] && [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    umount /sys/fs/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    # A group with limits for others may hold no process itself.
    mkdir -p /sys/fs/cgroup/engine
    xargs -rn1 </sys/fs/cgroup/cgroup.procs >/sys/fs/cgroup/engine/cgroup.procs 2>/dev/null || true # some have just ended
    sed -e 's/ / +/g' -e 's/^/+/' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
fi
labels=(--label "arena.control_group=$ENGINE_GROUP" --label "arena.node_control_group=$ENGINE_NODE_GROUP")
[ -z "$ENGINE_MEMORY" ] || labels+=(--label "arena.memory_bytes=$((ENGINE_MEMORY - OWN_BYTES))")

# --- The engine.

dockerd=
begin_dockerd() {
    # Left by a dockerd that was killed; its number may be another process's by now.
    rm -rf "$own" "$own.pid" "$early" "$socket"
    dockerd --log-level warn --host "unix://$early" --data-root "$data" --exec-root "$own" --pidfile "$own.pid" \
        --bridge=none --iptables=false --ip6tables=false "${labels[@]}" &
    dockerd=$!
    local deadline=$((SECONDS + START_S))
    until docker info >/dev/null 2>&1; do
        kill -0 "$dockerd" 2>/dev/null || die "expected dockerd to start, it ended; its log above says why"
        [ "$SECONDS" -lt "$deadline" ] || die "expected dockerd to answer within $START_S s, it did not"
        sleep 0.2
    done
}

remove_containers() { docker ps --all --quiet | xargs -r docker rm --force --volumes >/dev/null; }

digests() { # the ids of the images in a tar file
    tar -xOf "$1" manifest.json | grep -o '"Config":"[^"]*"' | grep -oE '[0-9a-f]{64}'
}

load_images() {
    local file digest reference is_new=
    for file in "$images"/*.tar; do
        [ -e "$file" ] || continue
        for digest in $(digests "$file"); do
            docker image inspect "sha256:$digest" >/dev/null 2>&1 && continue
            say "loading $file"
            docker load --quiet --input "$file" >/dev/null
            is_new=yes
            break
        done
    done
    [ -z "$is_new" ] || docker image prune --force >/dev/null # those that were replaced
    for reference in ${ARENA_ENGINE_IMAGES:-}; do
        docker image inspect "$reference" >/dev/null 2>&1 && continue
        say "pulling $reference"
        docker pull --quiet "$reference" >/dev/null
    done
}

start() {
    begin_dockerd
    remove_containers # of an earlier life
    load_images
    mv "$early" "$socket"
    export DOCKER_HOST=unix://$socket
    say "ready"
}

stop() {
    remove_containers || say "containers were left to the next start"
    kill "$dockerd" 2>/dev/null || true
    wait "$dockerd" 2>/dev/null || true
}

mkdir -p "$run" "$data"
[ "$(stat --file-system --format %T "$data")" != overlayfs ] ||
    die "expected a volume at $data, found the container's own layer, on which no container's layer can lie; mount one there"
exec 9>"$data/.lock"
flock --timeout "$DATA_WAIT_S" 9 || die "expected $data to be free, another engine has used it for $DATA_WAIT_S s"

asked_to_stop=
trap 'asked_to_stop=yes' TERM INT
start

deadline=$((SECONDS + RUNNER_WAIT_S))
until [ -s "$lock" ]; do
    if [ -n "$asked_to_stop" ] || [ "$SECONDS" -ge "$deadline" ]; then
        stop
        [ -n "$asked_to_stop" ] || die "expected a runner to lock $lock within $RUNNER_WAIT_S s (ARENA_LOCK_FILE), none did"
        exit 0
    fi
    sleep 0.2
done
wait_for_runners_end &
runners_end=$!
while kill -0 "$runners_end" 2>/dev/null; do
    wait -n "$runners_end" "$dockerd" || true # a signal ends the wait, and nothing else
    if ! kill -0 "$dockerd" 2>/dev/null && kill -0 "$runners_end" 2>/dev/null; then
        say "dockerd ended though the runner is there: starting it again"
        export DOCKER_HOST=unix://$early
        start
    fi
done
say "the runner is gone"
stop
