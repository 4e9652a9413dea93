#!/usr/bin/env bash
# Makes sure that there is a runsc (gVisor) for the tests, in .arena: Debian 13's, a static program that runs on Debian 12, too,
# whose own runsc is of 2022. Nothing is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
[ ! -x .arena/runsc ] || exit 0
if [ "$(dpkg --print-architecture 2>/dev/null)" != amd64 ]; then
    echo "runsc: expected a Debian or its like on amd64, found none; the tests of runsc are skipped" >&2
    exit 0
fi
echo "runsc: unpacking Debian 13's" >&2
own=$(mktemp -d)
trap 'rm -r "$own"' EXIT
mkdir -p "$own/lists/partial" "$own/cache/archives/partial"
# shellcheck disable=SC2016 # apt expands it
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' | head -1)
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} trixie main" >"$own/sources.list"
apt() {
    apt-get -qq -o "Dir::Etc::SourceList=$own/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$own/lists" \
        -o "Dir::Cache=$own/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User= "$@"
}
apt update
(cd "$own" && apt download runsc)
dpkg-deb --extract "$own"/runsc_*.deb "$own"
mkdir -p .arena
mv "$own/usr/bin/runsc" .arena/runsc
