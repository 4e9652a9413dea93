#!/usr/bin/env bash
# One node in the foreground: Docker engine, kubelet, kube-proxy. up.sh starts it as process 1 of its own namespaces of
# network, mounts, names and processes: what is mounted or started here ends with it, and the host sees none of it.
set -euo pipefail
here=$(dirname "$(realpath "$0")") dir=$1 n=$2
run=$dir/run/node$n
hostname "node$n"

# The copies of other engines' mounts would keep their containers' files busy for as long as this node lives.
awk '$3 == "overlay" || $3 == "nsfs" {print $2}' /proc/self/mounts | xargs -r umount --lazy

# Own /run, /var/lib and /var/log, because kubelet's paths there are fixed: sharing /var/log/pods, each kubelet deletes the
# logs of pods it does not know. /run starts empty: the pid of a dead dockerd would be somebody else's.
rm -rf "$run/run"
disk=$dir/disks/node$n      # what outlives the cluster: the images of this engine, and those of a runner's own
mkdir -p "$run"/{run,lib/docker,lib/arena/engine,lib/arena/images,lib/arena/volumes,log,cni} "$disk"/{docker,engine}
mount --bind "$run/lib" /var/lib
mount --bind "$disk/docker" /var/lib/docker
mount --bind "$disk/engine" /var/lib/arena/engine
mount --bind "$dir/tars" /var/lib/arena/images              # one copy for all nodes
mount --bind "$dir/run/volumes" /var/lib/arena/volumes      # as a network's file system: the same on every node
mount --bind "$run/log" /var/log
mount --bind "$run/run" /run

cat >"$run/cni/bridge.conf" <<END
{"cniVersion": "0.3.1", "name": "pods", "type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
 "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.97.$n.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}}
END

dockerd --bridge=none --iptables=false --ip6tables=false --cgroup-parent "/arena-node$n" \
    --add-runtime "clip=$here/runc-clip" --default-runtime clip >"$run/dockerd.log" 2>&1 &
node_docker() { docker -H unix:///run/docker.sock "$@"; }
until node_docker info >/dev/null 2>&1; do
    kill -0 $! || exit 1
    sleep 0.2
done
[ -d "$run/lib/kubelet" ] || node_docker container prune -f >/dev/null      # of a cluster before this one
node_docker image inspect pause:local >/dev/null 2>&1 ||
    tar -C "$dir/bin" -ch pause | node_docker import -c 'ENTRYPOINT ["/pause"]' - pause:local >/dev/null

labels=arena.runner=true taints=arena.runner=true:NoSchedule
[ "$n" -gt 1 ] || taints=''      # the first one takes the services as well
export PATH=$dir/root/usr/sbin:$dir/root/usr/bin:$PATH LD_LIBRARY_PATH=$dir/root/usr/lib/x86_64-linux-gnu
"$dir/bin/kube-proxy" --kubeconfig "$dir/run/kube-proxy.conf" --hostname-override "node$n" --proxy-mode iptables \
    --cluster-cidr 10.97.0.0/16 --conntrack-max-per-core 0 --oom-score-adj 0 >"$run/kube-proxy.log" 2>&1 &
"$dir/bin/kubelet" --kubeconfig "$dir/run/node$n.conf" --hostname-override "node$n" --node-ip "10.99.0.$n" \
    --cgroup-root "/arena-node$n" --enforce-node-allocatable= --oom-score-adj 0 --fail-swap-on=false --eviction-hard= \
    --network-plugin cni --cni-bin-dir "$dir/root/usr/lib/cni" --cni-conf-dir "$run/cni" \
    --cluster-dns 10.99.0.254 --cluster-domain cluster.local --pod-infra-container-image pause:local \
    --node-labels "$labels" --register-with-taints "$taints" \
    --image-gc-high-threshold 100 --runtime-request-timeout 4m --volume-plugin-dir /var/lib/kubelet/plugins \
    >"$run/kubelet.log" 2>&1 &
wait
