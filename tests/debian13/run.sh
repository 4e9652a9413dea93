#!/usr/bin/env bash
# Runs the tests of this folder on a real Debian 13: its kernel would be this machine's, so Debian's user-mode Linux is a kernel of
# its own in a process, with version 2 of control groups and Debian 13's own Docker. This machine's files are below /host there,
# which is where Python and the tests are from. Needs root, mmdebstrap and Debian 12 or later on amd64; a first run takes minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
tree=$PWD
made=.arena/debian13
LIMIT_S=900
PACKAGES=docker.io,iproute2,iptables,kmod

say() { echo "debian13: $*" >&2; }

for needed in mmdebstrap mke2fs apt-get docker; do
    command -v "$needed" >/dev/null || {
        say "expected $needed, found none; install it and run this command again"
        exit 1
    }
done
[ "$(id -u)" = 0 ] || {
    say "expected root, got $(id -un)"
    exit 1
}
mkdir -p "$made"

if [ ! -x "$made/uml/usr/bin/linux.uml" ]; then
    say "unpacking Debian's user-mode-linux"
    (cd "$made" && apt-get download -qq user-mode-linux && dpkg-deb --extract user-mode-linux_*.deb uml && rm user-mode-linux_*.deb)
fi
if [ ! -e "$made/debian.tar" ]; then
    say "making Debian 13"
    mmdebstrap --quiet --variant=minbase --include="$PACKAGES" trixie "$made/debian.partial.tar"
    mv "$made/debian.partial.tar" "$made/debian.tar"
fi

say "making its disk"
root=$(mktemp -d)
log=$(mktemp)
trap 'rm -rf "$root" "$log"' EXIT
tar -xf "$made/debian.tar" -C "$root"
mkdir -p "$root/lib/modules" "$root/host"
cp -a "$made"/uml/usr/lib/uml/modules/* "$root/lib/modules/"
docker save --output "$root/images.tar" arena-small:local arena-blackbox:local
install -m 755 tests/debian13/init.sh "$root/arena-init"
echo "$tree" >"$root/arena-tree"
rm -f "$made/disk"
mke2fs -q -t ext4 -d "$root" "$made/disk" 6G

say "starting it"
# Its memory is a file in TMPDIR, of which only what is used exists. Its last line says with what the tests ended.
TMPDIR=/dev/shm timeout "$LIMIT_S" "$made/uml/usr/bin/linux.uml" mem=4G "ubd0=$made/disk" root=/dev/ubda rw quiet \
    init=/arena-init con=null con0=fd:0,fd:1 </dev/null 2>&1 | tee "$log"
grep -q '^debian13: ended with 0' "$log"
