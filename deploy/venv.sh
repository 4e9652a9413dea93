#!/usr/bin/env bash
# Makes .venv from uv.lock, and does nothing when it is current. `client` is the `arena` command alone, on CPython 3.11 to
# 3.13; `dev` has the services, the tests and the tools, too, on 3.11.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-client}
[ ! -L .venv ] || exit 0 # another work tree's, which keeps it current

lock=$(sha256sum uv.lock)
case $(cat .venv/made-of 2>/dev/null) in dev*) kind=dev ;; esac # who had the tools keeps them
case $kind in
    client) pythons="python3.11 python3.13 python3.12 python3" packages=() ;;
    dev) pythons="python3.11 python3" packages=(--all-groups --all-extras) ;;
    *) echo "venv: expected client or dev, got $kind" >&2 && exit 2 ;;
esac
[ "$(cat .venv/made-of 2>/dev/null)" != "$kind $lock" ] || [ ! -x .venv/bin/arena ] || exit 0

latest=$([ "$kind" = dev ] && echo 11 || echo 13)

is_right() { # PYTHON
    "$1" -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, $latest))" 2>/dev/null
}

find_python() {
    local each
    for each in $pythons; do is_right "$each" && echo "$each" && return; done
    return 1
}

python=$(find_python) || {
    echo "venv: expected CPython 3.11$([ "$kind" = dev ] || echo " to 3.13"), found none; install it and run this command again" >&2
    exit 1
}

make_venv() { # emptied, not removed: in a container the folder is a mount
    "$python" -m venv --clear .venv >/dev/null 2>&1 && return # Debian has ensurepip in a package of its own
    [ "$(id -u)" = 0 ] && sudo= || sudo="sudo -n"
    $sudo apt-get update -qq >/dev/null
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" >/dev/null
    "$python" -m venv --clear .venv
}

echo "venv: installing the packages of uv.lock into .venv ($kind)" >&2
uv=$(sed -n 's/^required-version = "==\(.*\)"$/\1/p' pyproject.toml)
# The system's store has the host's extra certificate authorities, which pip's own bundle lacks.
[ -n "${PIP_CERT:-}" ] || [ ! -f /etc/ssl/certs/ca-certificates.crt ] || export PIP_CERT=/etc/ssl/certs/ca-certificates.crt
# A client's .venv may be of a CPython that the tests do not run on.
if [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$uv" ] || ! is_right .venv/bin/python; then
    make_venv
    .venv/bin/pip install -qq --disable-pip-version-check "uv==$uv"
fi
# The tree itself is the installation: what runs is what is edited.
env -u VIRTUAL_ENV .venv/bin/uv sync --quiet --frozen --python .venv/bin/python "${packages[@]}"
echo "$kind $lock" >.venv/made-of
