#!/usr/bin/env bash
# Makes sure that there is a promtool for the tests of monitoring: Debian's, unpacked into .arena. Installing its package would
# start a Prometheus.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v promtool >/dev/null && exit 0
[ ! -x .arena/promtool ] || exit 0
command -v apt-get >/dev/null || {
    echo "promtool: expected Prometheus' promtool, found none; install it and run this command again" >&2
    exit 1
}
echo "promtool: unpacking Debian's" >&2
unpacked=$(mktemp -d)
trap 'rm -r "$unpacked"' EXIT
fetch() { (cd "$unpacked" && apt-get download -qq prometheus >/dev/null 2>&1); }
[ "$(id -u)" = 0 ] && sudo= || sudo="sudo -n"
fetch || { $sudo apt-get update -qq >/dev/null && fetch; }
dpkg-deb --extract "$unpacked"/prometheus_*.deb "$unpacked"
mkdir -p .arena
mv "$unpacked/usr/bin/promtool" .arena/promtool
