#!/usr/bin/env bash
# Starts Kubernetes on this machine from what build.sh left in the cache: a control plane and NODES nodes (3 unless told).
# The first node takes services and a runner; the others are for runners alone. Writes `kubeconfig` in the cache; state and
# logs are in `run`, the nodes' disks in `disks`. Run again, it restarts what died, and adds nodes if NODES has grown.
set -euo pipefail
here=$(dirname "$(realpath "$0")") dir=${XDG_CACHE_HOME:-$HOME/.cache}/arena/cluster nodes=${1:-3}
run=$dir/run bin=$dir/bin began=$SECONDS WAIT_S=180
# Host 10.99.0.254, nodes 10.99.0.N, pods 10.97.N.0/24, services 10.98.0.0/24. No route leads out of these.
api=10.99.0.254
umask 022       # kubelet's files are meant to be read by pods of any user
mkdir -p "$run/names" "$run/volumes" "$dir/tars"
chmod 700 "$run"
for n in $(seq 4); do [ -d "$run/volumes/$n" ] || mkdir -m 777 "$run/volumes/$n"; done     # pods have users of their own

die() { echo "up: $*" >&2; exit 1; }

start() { # start NAME COMMAND...: detached, with a log and a pid in DIR/run; nothing if it runs already
    local name=$1; shift
    grep -qs "$dir" "/proc/$(cat "$run/$name.pid" 2>/dev/null)/cmdline" && return
    setsid "$@" >>"$run/$name.log" 2>&1 </dev/null &
    echo $! >"$run/$name.pid"
}

kubeconfig() { # kubeconfig FILE USER
    cat >"$1" <<-END
	{apiVersion: v1, kind: Config, contexts: [{name: local, context: {cluster: local, user: local}}], current-context: local,
	clusters: [{name: local, cluster: {server: "https://$api:6443", certificate-authority: "$run/certs/apiserver.crt"}}],
	users: [{name: local, user: {token: "$(awk -F, -v user="$2" '$2 == user {print $1}' "$run/tokens.csv")"}}]}
	END
}

call() { # call PATH: what the API answers to the administrator
    curl -sf --noproxy '*' -A up --cacert "$run/certs/apiserver.crt" "https://$api:6443$1" \
        -H "Authorization: Bearer $(head -1 "$run/tokens.csv" | cut -d, -f1)"
}

wait_for() { # wait_for WHAT COMMAND...
    local what=$1; shift
    until "$@" >/dev/null; do
        [ $((SECONDS - began)) -lt "$WAIT_S" ] || die "expected $what within $WAIT_S s, got none; see $run/*.log"
        sleep 0.5
    done
}

[ -d /sys/fs/cgroup/cpuset ] || die "expected cgroup v1 in /sys/fs/cgroup, got another; Kubernetes 1.20 needs it"

# Network: a switch in a namespace of its own, because Docker drops what the host would forward; the host is one port of it.
if ! [ -e /run/netns/arena-switch ]; then
    ip netns add arena-switch
    ip link add arena-host type veth peer name host netns arena-switch
    ip -n arena-switch link add br0 up type bridge
    ip -n arena-switch link set host master br0 up
    ip addr add $api/24 dev arena-host
    ip link set arena-host up
fi
for n in $(seq "$nodes"); do
    [ -e "/run/netns/arena-node$n" ] && continue
    ip netns add "arena-node$n"
    ip link add eth0 netns "arena-node$n" type veth peer name "node$n" netns arena-switch
    ip -n arena-switch link set "node$n" master br0 up
    ip -n "arena-node$n" link set lo up
    ip -n "arena-node$n" addr add "10.99.0.$n/24" dev eth0
    ip -n "arena-node$n" link set eth0 up
    ip -n "arena-node$n" route add 10.98.0.0/24 dev eth0    # any route: kube-proxy's NAT comes after routing
    nsenter --net="/run/netns/arena-node$n" sysctl -qw net.ipv4.ip_forward=1
    ip route add "10.97.$n.0/24" via "10.99.0.$n"
    for other in $(seq $((n - 1))); do
        ip -n "arena-node$n" route add "10.97.$other.0/24" via "10.99.0.$other"
        ip -n "arena-node$other" route add "10.97.$n.0/24" via "10.99.0.$n"
    done
done

# Control plane, on the host: etcd on loopback, the API and the names of services on the host's port of the switch.
if ! [ -e "$run/sa.key" ]; then
    secret=$(openssl rand -hex 16)
    {
        echo "$secret-admin,admin,admin,system:masters"
        for user in kube-controller-manager kube-scheduler kube-proxy; do echo "$secret-$user,system:$user,$user"; done
        for n in $(seq 99); do echo "$secret-node$n,system:node:node$n,node$n,system:nodes"; done
    } >"$run/tokens.csv"
    openssl genrsa -out "$run/sa.key" 2048 2>/dev/null
fi
start etcd "$dir/root/usr/bin/etcd" --data-dir "$run/etcd" --listen-peer-urls http://127.0.0.1:23800 \
    --listen-client-urls http://127.0.0.1:23790 --advertise-client-urls http://127.0.0.1:23790
start kube-apiserver "$bin/kube-apiserver" --etcd-servers http://127.0.0.1:23790 --bind-address $api --secure-port 6443 \
    --cert-dir "$run/certs" --token-auth-file "$run/tokens.csv" --authorization-mode Node,RBAC --allow-privileged \
    --kubelet-preferred-address-types InternalIP --service-cluster-ip-range 10.98.0.0/24 \
    --service-account-issuer https://kubernetes.default.svc \
    --service-account-signing-key-file "$run/sa.key" --service-account-key-file "$run/sa.key"
start dnsmasq env "LD_LIBRARY_PATH=$dir/root/usr/lib/x86_64-linux-gnu" "$dir/root/usr/sbin/dnsmasq" --keep-in-foreground \
    --conf-file=/dev/null --pid-file= --user=root --listen-address $api --bind-interfaces --no-resolv --no-hosts \
    --local=/cluster.local/ --hostsdir="$run/names"
kubeconfig "$dir/kubeconfig" admin
chmod 600 "$dir/kubeconfig"
wait_for "an API server that is ready" call /readyz
for part in kube-controller-manager kube-scheduler kube-proxy; do kubeconfig "$run/$part.conf" "system:$part"; done
start kube-controller-manager "$bin/kube-controller-manager" --kubeconfig "$run/kube-controller-manager.conf" \
    --bind-address 127.0.0.1 --port 0 --leader-elect=false --use-service-account-credentials \
    --service-account-private-key-file "$run/sa.key" --root-ca-file "$run/certs/apiserver.crt"
start kube-scheduler "$bin/kube-scheduler" --kubeconfig "$run/kube-scheduler.conf" \
    --bind-address 127.0.0.1 --port 0 --leader-elect=false

start names python3 "$here/names.py" "$run" $api

# Nodes: each with namespaces and a cgroup of its own, so that killing its first process is a power cut.
for n in $(seq "$nodes"); do
    kubeconfig "$run/node$n.conf" "system:node:node$n"
    for hierarchy in /sys/fs/cgroup/*/; do mkdir -p "${hierarchy}arena-node$n"; done
    cpusets=/sys/fs/cgroup/cpuset   # a new one is empty, and nothing may run in it
    for file in cpuset.cpus cpuset.mems; do cat "$cpusets/$file" >"$cpusets/arena-node$n/$file"; done
    # nsenter, not ip netns exec: that mounts a new /sys, without the cgroups
    start "node$n" nsenter --net="/run/netns/arena-node$n" unshare --mount --propagation private --uts --pid --fork \
        --kill-child --mount-proc nice -n 5 "$here/node.sh" "$dir" "$n"
done
all_ready() { [ "$(call /api/v1/nodes | grep -o '"type":"Ready","status":"True"' | wc -l)" -ge "$nodes" ]; }
wait_for "$nodes nodes that are ready" all_ready
kubectl --kubeconfig "$dir/kubeconfig" apply -f "$here/volumes.yaml" >/dev/null
echo "up: $nodes nodes ready after $((SECONDS - began)) s; export KUBECONFIG=$dir/kubeconfig" >&2
