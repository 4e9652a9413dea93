#!/usr/bin/env bash
# Opens this machine's stack to runners on others, and says how they join: bash deploy/lab.sh HOST, the name or the address
# by which the others reach this machine. It makes a CA and the broker's certificate, unless there are some.
set -euo pipefail
cd "$(dirname "$0")/.."
host=${1:?the name or the address by which other machines reach this one}
state=${ARENA_STATE:-.arena}
lab=$state/lab

case $host in
    *[!0-9.]*) name=DNS:$host check=-checkhost ;;
    *) name=IP:$host check=-checkip ;;
esac

make_certificates() ( # the folder is closed to others, and what is in it open to the user of the broker's container
    umask 077
    mkdir -p "$lab/new"
    {
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
            -subj "/CN=Arena's lab" -keyout "$lab/ca.key" -out "$lab/new/ca.pem"
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=Arena's broker" \
            -keyout "$lab/new/server.key" -out "$lab/server.csr"
        openssl x509 -req -in "$lab/server.csr" -CA "$lab/new/ca.pem" -CAkey "$lab/ca.key" -set_serial 1 -days 3650 \
            -extfile <(echo "subjectAltName = $name") -out "$lab/new/server.pem"
    } 2>"$lab/openssl.log" || { cat "$lab/openssl.log" >&2 && exit 1; }
    chmod 755 "$lab/new" && chmod 644 "$lab/new"/*
    mv "$lab/new" "$lab/tls"
)

command -v openssl >/dev/null || { echo "lab: expected openssl, found none; install it and run this again" >&2 && exit 1; }
if [ -f "$lab/ports.sh" ]; then # those of the last time
    # shellcheck source=/dev/null
    . "$lab/ports.sh"
fi
[ -d "$lab/tls" ] || make_certificates
if ! openssl x509 -in "$lab/tls/server.pem" -noout "$check" "$host" | grep -q 'does match'; then
    echo "lab: expected a certificate for $host in $lab/tls/server.pem, found one for another host;" \
        "put one there, or remove $lab and run this again" >&2
    exit 2
fi
cat >"$lab/ports.sh" <<PORTS # for every start of the stack from now on, unless its environment says otherwise
export ARENA_LISTEN="\${ARENA_LISTEN:-${ARENA_LISTEN:-0.0.0.0}}"
export ARENA_PORT="\${ARENA_PORT:-${ARENA_PORT:-8080}}"
export ARENA_BROKER_PORT="\${ARENA_BROKER_PORT:-${ARENA_BROKER_PORT:-5671}}"
PORTS
bash deploy/stack.sh up

secret() { sed -n "s/^ARENA_SECRET_$1=//p" "$state/secrets.env"; }
(
    umask 077
    cat >"$lab/runner.env" <<SETTINGS
COMPOSE_PROJECT_NAME=arena-runner
ARENA_BROKER_URL=amqps://runner:$(secret RUNNER_BROKER)@$host:${ARENA_BROKER_PORT:-5671}/
ARENA_BLOB_URL=http://$host:${ARENA_PORT:-8080}
ARENA_BLOB_TOKEN=$(secret RUNNER)
ARENA_CA_FILE=./ca.pem
ARENA_SLOTS=2
SETTINGS
)
cat <<WORDS
The stack is open. To let a machine with Docker join, copy the images and three files to it, and start the runner there:

    docker save arena-service:local arena-blackbox:local arena-small:local | ssh MACHINE docker load
    scp $lab/runner.env $lab/tls/ca.pem deploy/compose/runner.yaml MACHINE:
    ssh MACHINE docker compose --env-file runner.env -f runner.yaml up -d
WORDS
