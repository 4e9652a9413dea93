#!/bin/sh
# Writes users, permissions, exchanges and queues from the definitions and the environment, then becomes the server.
# The server loads them at every start, so a broker that has lost its data needs nobody to set it up again.
set -eu
fill() { # NAME PASSWORD: put a user's password in its place
    case $2 in
        *[!A-Za-z0-9_-]*) echo "rabbitmq: expected letters, digits, _ and - in the password of $1, got others" >&2; exit 2 ;;
    esac
    printf 's|@%s@|%s|\n' "$1" "$2" | sed -i -f - /tmp/definitions.json # not as an argument, which every `ps` shows
}

umask 077
cp /etc/rabbitmq/rabbitmq.conf /tmp/rabbitmq.conf
cp /etc/rabbitmq/definitions.json /tmp/definitions.json
fill gateway "${RABBITMQ_GATEWAY_PASSWORD:?the password of user gateway}"
fill dispatcher "${RABBITMQ_DISPATCHER_PASSWORD:?the password of user dispatcher}"
fill runner "${RABBITMQ_RUNNER_PASSWORD:?the password of user runner}"
fill aggregator "${RABBITMQ_AGGREGATOR_PASSWORD:?the password of user aggregator}"
if [ -n "${RABBITMQ_ADMINISTRATOR_PASSWORD:-}" ]; then
    fill arena "$RABBITMQ_ADMINISTRATOR_PASSWORD"
else # an empty hash is no password's
    sed -i 's|"password": "@arena@", "tags": "administrator"|"password_hash": "", "tags": ""|' /tmp/definitions.json
fi
if [ -n "${RABBITMQ_TLS:-}" ]; then # a folder with ca.pem, server.pem and server.key
    mkdir -p /tmp/tls
    cp "$RABBITMQ_TLS/ca.pem" "$RABBITMQ_TLS/server.pem" "$RABBITMQ_TLS/server.key" /tmp/tls/ || {
        echo "rabbitmq: expected ca.pem, server.pem and server.key in $RABBITMQ_TLS, readable by user $(id -u)" >&2
        exit 2
    }
    cat >>/tmp/rabbitmq.conf <<CONFIGURATION
listeners.ssl.default = 5671
ssl_options.cacertfile = /tmp/tls/ca.pem
ssl_options.certfile = /tmp/tls/server.pem
ssl_options.keyfile = /tmp/tls/server.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = ${RABBITMQ_TLS_CLIENT_CERTIFICATES:-false}
CONFIGURATION
fi
printf '[%s].\n' "${RABBITMQ_PLUGINS:-}" >/tmp/enabled_plugins
# Its schedulers sleep at once when they have nothing to do, instead of turning in circles for a while first.
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+sbwt none +sbwtdcpu none +sbwtdio none -eval file:eval("/etc/rabbitmq/end_without_raft.erl")'
exec /usr/lib/rabbitmq/bin/rabbitmq-server
