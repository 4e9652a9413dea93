#!/bin/sh
# Makes the cluster at the first start, then becomes the server. Arguments go to the server.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    password=$(mktemp)
    printf '%s' "${POSTGRES_PASSWORD:?the password of user arena}" >"$password"
    rm -rf "$PGDATA.new"
    initdb --pgdata "$PGDATA.new" --username arena --pwfile "$password" --auth scram-sha-256 --encoding UTF8 \
        --locale C.UTF-8 >/dev/null
    rm "$password"
    printf 'host all all all scram-sha-256\n' >>"$PGDATA.new/pg_hba.conf"
    printf "create database arena;\n" | postgres --single -D "$PGDATA.new" postgres >/dev/null
    mv "$PGDATA.new" "$PGDATA" # all of it or nothing, should the container be killed meanwhile
fi
exec postgres -c listen_addresses='*' -c unix_socket_directories=/tmp -c max_connections=200 \
    -c shared_buffers=256MB -c wal_compression=lz4 -c default_toast_compression=lz4 "$@"
