#!/bin/sh
# The first process of the Debian 13 that run.sh starts: mounts what a system has, starts Docker, runs the tests, switches off.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ip link set lo up
modprobe overlay

# A group with limits for others may hold no process itself.
mkdir /sys/fs/cgroup/init
echo $$ >/sys/fs/cgroup/init/cgroup.procs
sed 's/^/+/; s/ / +/g' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control

mount -t hostfs none /host -o /
for each in /proc /sys /dev /run /tmp; do mount --rbind "$each" "/host$each"; done
on_host() { chroot /host "$@"; } # with this machine's programs, and Debian 13's kernel and Docker

dockerd --bridge=none --iptables=false --ip6tables=false >/dockerd.log 2>&1 &
until on_host docker info >/dev/null 2>&1; do
    kill -0 $! 2>/dev/null || break
    sleep 1
done
on_host docker load --quiet </images.tar
tree=$(cat /arena-tree)
on_host env --chdir="$tree" HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$tree" \
    "$tree/.venv/bin/python" -m pytest -q -p no:cacheprovider -m debian13 tests/debian13
code=$?
[ "$code" = 0 ] || tail -20 /dockerd.log
echo "debian13: ended with $code"
sync
sleep 1
echo o >/proc/sysrq-trigger
sleep 60
