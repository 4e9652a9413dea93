#!/usr/bin/env bash
# Builds the images whose inputs have changed. Without a registry, the Debian base is made by mmdebstrap.
set -euo pipefail
cd "$(dirname "$0")/.."
PULL_TIMEOUT_S=30
INPUTS_LABEL=arena.inputs
ALL=(postgres rabbitmq service blackbox optimizer)
export DOCKER_BUILDKIT=0 # the classic builder is everywhere

say() { echo "images: $*" >&2; }

inputs_of() { # the files that an image is made of
    case $1 in
        base) echo deploy/images/base.Dockerfile; find /usr/local/share/ca-certificates -name '*.crt' 2>/dev/null || true ;;
        python) echo deploy/images/python.Dockerfile ;;
        postgres | rabbitmq) find deploy/images -name "$1.*" ;;
        service) echo deploy/images/service.Dockerfile; find requirements shared services arena deploy/migrations -type f ;;
        blackbox | optimizer) find "deploy/images/$1.Dockerfile" "requirements/$1.lock" "arena/sandbox/$1" -type f ;;
    esac | grep -v -e __pycache__ | LC_ALL=C sort
}

parent_of() {
    case $1 in
        base) ;;
        python | postgres | rabbitmq) echo base ;;
        *) echo python ;;
    esac
}

hash_of() { # of an image's inputs and of its parent's
    {
        inputs_of "$1" | xargs sha256sum
        [ -z "$(parent_of "$1")" ] || hash_of "$(parent_of "$1")"
    } | sha256sum | cut -d' ' -f1
}

docker_build() { # quiet unless it fails
    local log
    log=$(mktemp)
    docker build "$@" >"$log" 2>&1 || { cat "$log" >&2; rm "$log"; return 1; }
    rm "$log"
}

is_current() {
    [ "$(docker image inspect -f "{{ index .Config.Labels \"$INPUTS_LABEL\" }}" "arena-$1:local" 2>/dev/null)" = "$(hash_of "$1")" ]
}

make_base() {
    local folder
    if ! timeout "$PULL_TIMEOUT_S" docker pull -q debian:bookworm-slim >/dev/null 2>&1; then
        say "no registry answers: making the Debian base with mmdebstrap"
        command -v mmdebstrap >/dev/null || {
            [ "$(id -u)" = 0 ] && sudo= || sudo="sudo -n"
            $sudo apt-get update -qq >/dev/null
            $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq mmdebstrap >/dev/null
        }
        folder=$(mktemp -d)
        mmdebstrap --quiet --variant=minbase --include=ca-certificates bookworm "$folder/base.tar" >/dev/null
        docker import "$folder/base.tar" debian:bookworm-slim >/dev/null
        rm -r "$folder"
    fi
    folder=$(mktemp -d)
    mkdir "$folder/certificates"
    # The host's extra certificate authorities: pip inside a build may need them.
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$folder/certificates" {} + 2>/dev/null || true
    docker_build --label "$INPUTS_LABEL=$1" -f deploy/images/base.Dockerfile -t arena-base:local "$folder"
    rm -r "$folder"
}

build() {
    local hash
    is_current "$1" && return
    [ -z "$(parent_of "$1")" ] || build "$(parent_of "$1")"
    hash=$(hash_of "$1")
    say "building arena-$1"
    if [ "$1" = base ]; then
        make_base "$hash"
    else
        docker_build --label "$INPUTS_LABEL=$hash" -f "deploy/images/$1.Dockerfile" -t "arena-$1:local" .
    fi
}

wanted=("$@")
[ $# -gt 0 ] || wanted=("${ALL[@]}")
for parent in base python; do build "$parent"; done
# Two at a time: one build mostly waits for the network while the other unpacks.
printf '%s\n' "${wanted[@]}" | { while read -r one && other= && { read -r other || true; }; do
    build "$one" & first=$!
    [ -z "$other" ] || build "$other"
    wait "$first"
done; }
