#!/usr/bin/env bash
# Draws the passwords and tokens of overlays/small, a file for each service with its own alone, and keeps those that are there.
# To change one, delete its line in drawn.env and run this again; then apply the overlay and restart who reads it.
set -euo pipefail
umask 077
folder=$(dirname "$0")/overlays/small/secrets
mkdir -p "$folder"
cd "$folder"

for name in POSTGRES ORGANIZER RUNNER GATEWAY_DATABASE DISPATCHER_DATABASE AGGREGATOR_DATABASE \
    GATEWAY_BROKER DISPATCHER_BROKER RUNNER_BROKER AGGREGATOR_BROKER; do
    grep -qs "^$name=" drawn.env || echo "$name=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" >>drawn.env
done
# shellcheck source=/dev/null
. ./drawn.env

database() { echo "ARENA_DATABASE_URL=postgresql://$1:$2@postgres.arena:5432/arena"; }
broker() { echo "ARENA_BROKER_URL=amqp://$1:$2@rabbitmq.arena:5672/"; }

echo "POSTGRES_PASSWORD=$POSTGRES" >postgres.env
cat >rabbitmq.env <<END
RABBITMQ_GATEWAY_PASSWORD=$GATEWAY_BROKER
RABBITMQ_DISPATCHER_PASSWORD=$DISPATCHER_BROKER
RABBITMQ_RUNNER_PASSWORD=$RUNNER_BROKER
RABBITMQ_AGGREGATOR_PASSWORD=$AGGREGATOR_BROKER
END
cat >migrate.env <<END
DATABASE_URL=postgresql://arena:$POSTGRES@postgres.arena:5432/arena?sslmode=disable
$(database arena "$POSTGRES")
ARENA_GATEWAY_DATABASE_PASSWORD=$GATEWAY_DATABASE
ARENA_DISPATCHER_DATABASE_PASSWORD=$DISPATCHER_DATABASE
ARENA_AGGREGATOR_DATABASE_PASSWORD=$AGGREGATOR_DATABASE
END
cat >gateway.env <<END
$(database gateway "$GATEWAY_DATABASE")
$(broker gateway "$GATEWAY_BROKER")
ARENA_ORGANIZER_TOKEN=$ORGANIZER
ARENA_RUNNER_TOKEN=$RUNNER
END
{ database dispatcher "$DISPATCHER_DATABASE"; broker dispatcher "$DISPATCHER_BROKER"; } >dispatcher.env
{ database aggregator "$AGGREGATOR_DATABASE"; broker aggregator "$AGGREGATOR_BROKER"; } >aggregator.env
{ broker runner "$RUNNER_BROKER"; echo "ARENA_BLOB_TOKEN=$RUNNER"; } >runner.env
printf '%s' "$ORGANIZER" >organizer-token
