#!/usr/bin/env bash
# Makes sure that there is a Chromium for the tests of the website.
set -euo pipefail
command -v chromium >/dev/null && exit 0
[ "$(id -u)" = 0 ] && sudo= || sudo="sudo -n"
if ! { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }; then
    echo "browser: expected Chromium as 'chromium', found none; install it and run this command again" >&2
    exit 1
fi
echo "browser: installing chromium" >&2
$sudo apt-get update -qq >/dev/null
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
