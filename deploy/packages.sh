#!/usr/bin/env bash
# Makes sure that what tests and benchmarks need of Debian is there: packages.sh chromium | libfaketime ...
set -euo pipefail
has() {
    case $1 in
        libfaketime) compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null ;;
        *) command -v "$1" >/dev/null ;;
    esac
}
missing=()
for package; do
    has "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
[ "$(id -u)" = 0 ] && sudo= || sudo="sudo -n"
if ! { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }; then
    echo "packages: expected ${missing[*]} on this machine, found none; install it and run this command again" >&2
    exit 1
fi
echo "packages: installing ${missing[*]}" >&2
[[ " ${missing[*]} " != *" chromium "* ]] || missing+=(fonts-dejavu-core) # pages are drawn with it
$sudo apt-get update -qq >/dev/null
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
