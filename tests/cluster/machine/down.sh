#!/usr/bin/env bash
# Stops what up.sh started, and removes its namespaces, links, control groups and state. What was built, and the images on
# the nodes' disks, stay in the cache for the next start.
set -euo pipefail
dir=${XDG_CACHE_HOME:-$HOME/.cache}/arena/cluster
run=$dir/run pids=() WAIT_S=60

for file in "$run"/*.pid; do
    pid=$(cat "$file" 2>/dev/null) || continue
    grep -qs "$dir" "/proc/$pid/cmdline" || continue    # the number may be somebody else's by now
    kill -KILL "$pid"       # a node's process 1 and so the whole node dies with it; there is nothing left to save
    pids+=("$pid")
done
for pid in "${pids[@]}"; do
    for _ in $(seq $((WAIT_S * 5))); do [ -e "/proc/$pid" ] || continue 2; sleep 0.2; done
    echo "down: expected process $pid to end within $WAIT_S s, it still runs; end it and run this again" >&2; exit 1
done

! [ -e /sys/class/net/arena-host ] || ip link del arena-host      # and the host's routes with it
for netns in /run/netns/arena-node* /run/netns/arena-switch; do
    ! [ -e "$netns" ] || ip netns del "$(basename "$netns")"
done
for _ in $(seq $((WAIT_S * 5))); do     # a control group is busy until the last process in it is reaped
    compgen -G '/sys/fs/cgroup/*/arena-node*' >/dev/null || break
    find /sys/fs/cgroup/*/arena-node* -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.2
done
rm -rf "$run" "$dir/kubeconfig"

left=$(
    compgen -G '/sys/fs/cgroup/*/arena-node*'
    compgen -G '/run/netns/arena-*'
    compgen -G '/sys/class/net/arena-*'
    grep -als "$run" /proc/[0-9]*/cmdline
    grep -F "$run" /proc/self/mounts
) || true
[ -z "$left" ] || { printf 'down: expected nothing to be left of the cluster, got these:\n%s\n' "$left" >&2; exit 1; }
