#!/usr/bin/env bash
# Makes .venv from the lock file, with the `arena` command in it. Does nothing when the lock has not changed.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=.venv/lock.sha256
wanted=$(sha256sum requirements/dev.lock)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && [ -x .venv/bin/arena ] && exit 0

python=$(command -v python3.11 || command -v python3)
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || {
    echo "venv: expected CPython 3.11, got $("$python" --version); install it and run this command again" >&2
    exit 1
}
echo "venv: installing the packages of requirements/dev.lock into .venv" >&2
rm -rf .venv
"$python" -m venv .venv 2>/dev/null || {
    rm -rf .venv
    [ "$(id -u)" = 0 ] && sudo= || sudo="sudo -n"
    $sudo apt-get update -qq >/dev/null
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
    "$python" -m venv .venv
}
# The system's store: it has the host's extra certificate authorities, which pip's own bundle lacks.
[ -n "${PIP_CERT:-}" ] || [ ! -f /etc/ssl/certs/ca-certificates.crt ] || export PIP_CERT=/etc/ssl/certs/ca-certificates.crt
.venv/bin/pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.lock
# The tree itself is the installation: what runs is what is edited.
pwd >"$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/arena.pth"
cat >.venv/bin/arena <<SCRIPT
#!$PWD/.venv/bin/python
from arena.commands.app import main

main()
SCRIPT
chmod +x .venv/bin/arena
echo "$wanted" >"$stamp"
