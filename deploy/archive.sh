#!/usr/bin/env bash
# Point in time for the stack on this machine: on DIR | base | restore TIME. `on` keeps every change of the database in DIR,
# which should be another disk; `base` makes a new copy to start from; `restore` brings the database back to a moment.
set -euo pipefail
cd "$(dirname "$0")/.."
PROJECT=${ARENA_PROJECT:-arena}
STATE=${ARENA_STATE:-.arena}
BASES_KEPT=2
SERVICES=(gateway dispatcher aggregator runner)
KEPT_FOR_ARCHIVE=16GB # of WAL, while the archive is down; after more it needs a new base, and the server's disk is not filled
READY_TIMEOUT_S=600

stack() { bash deploy/stack.sh compose "$@"; }

in_archive() { # SCRIPT: as the archive's user, who reaches the server as its owner
    stack exec -T archive sh -euc "$1"
}

with_data() { # SCRIPT: beside the stopped server, on its data
    docker run --rm --volume "${PROJECT}_postgres:/var/lib/postgresql/data" --volume "$(cat "$STATE/archive"):/archive" \
        --env TIME="${2:-}" --entrypoint sh arena-postgres:local -euc "$1"
}

wait_for() { # SCRIPT that holds in the server's container
    local limit=$((SECONDS + READY_TIMEOUT_S))
    until stack exec -T postgres sh -c "$1" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$limit" ] || { echo "archive: expected that '$1' holds; see 'make logs'" >&2 && exit 1; }
        sleep 0.5
    done
}

# shellcheck disable=SC2016 # the container's shell expands
AS_OWNER='PGPASSWORD=$POSTGRES_PASSWORD psql --host=127.0.0.1 --username=arena --quiet --no-align --tuples-only postgres'
ACCEPTS='pg_isready --quiet --host=127.0.0.1 --username=arena'
PROMOTED="$AS_OWNER --command='select pg_is_in_recovery()' | grep -qx f"

make_base() { # it gets its name when it is whole; the WAL before the oldest that is kept goes
    wait_for "$ACCEPTS"
    # shellcheck disable=SC2016 # the container's shell expands
    in_archive '
        mkdir -p /archive/base && rm -rf /archive/base/*.unfinished
        name=$(date -u +%Y-%m-%dT%H:%M:%SZ)
        pg_basebackup --pgdata="/archive/base/$name.unfinished" --checkpoint=fast --wal-method=stream
        pg_verifybackup --quiet "/archive/base/$name.unfinished"
        mv "/archive/base/$name.unfinished" "/archive/base/$name"
        ls /archive/base | sort | head -n -'"$BASES_KEPT"' | while read -r old; do rm -rf "/archive/base/$old"; done
        oldest=/archive/base/$(ls /archive/base | sort | head -n 1)
        first=$(sed -n "s/^START WAL LOCATION: .*file \([0-9A-F]*\))/\1/p" "$oldest/backup_label")
        pg_archivecleanup /archive/wal "$first"
        echo "archive: base $name" >&2'
}

restore() { # TIME: what the database held at this moment; what it holds now is kept beside it, and so is its WAL
    stack stop "${SERVICES[@]}" archive postgres >&2 || true # some may not be there
    # shellcheck disable=SC2016
    with_data '
        moment=$(date -u -d "$TIME" +%Y-%m-%dT%H:%M:%SZ)
        base=$(ls /archive/base | sort | awk -v moment="$moment" "\$0 <= moment" | tail -n 1)
        [ -n "$base" ] || { echo "archive: expected a base from before $moment, found none" >&2 && exit 1; }
        cd /var/lib/postgresql/data
        rm -rf restoring && cp -a "/archive/base/$base" restoring
        now=$(date -u +%Y%m%dT%H%M%SZ)
        cp -a /archive/wal "/archive/wal-until-$now"
        {
            echo "restore_command = '"'"'cp /archive/wal-until-$now/%f %p 2>/dev/null || cp /archive/wal-until-$now/%f.partial %p'"'"'"
            echo "recovery_target_time = '"'"'$TIME'"'"'"
            echo "recovery_target_action = promote"
        } >>restoring/postgresql.auto.conf
        touch restoring/recovery.signal
        rm -rf /archive/wal/*
        mv cluster "cluster-until-$now" && mv restoring cluster
        echo "archive: from base $base; what was there is in the volume as cluster-until-$now" >&2' "$1"
    stack up -d --no-deps postgres >&2
    wait_for "$PROMOTED"
    for name in restore_command recovery_target_time recovery_target_action; do
        stack exec -T postgres sh -c "$AS_OWNER --command='alter system reset $name'"
    done
    stack up -d --no-deps archive >&2
    make_base
    echo "archive: the database is as it was at $1; 'make up' starts the services" >&2
}

case ${1:-} in
    on)
        folder=$(realpath -m "${2:?a folder, on another disk}")
        mkdir -p "$folder" "$STATE"
        docker run --rm --user root --volume "$folder:/archive" --entrypoint chown arena-postgres:local postgres: /archive
        printf '%s' "$folder" >"$STATE/archive"
        stack up -d --no-deps postgres archive >&2
        wait_for "$ACCEPTS"
        stack exec -T postgres sh -c "$AS_OWNER --command='alter system set max_slot_wal_keep_size to \"$KEPT_FOR_ARCHIVE\"' \
            --command='select pg_reload_conf()'" >/dev/null
        make_base
        ;;
    base) make_base ;;
    restore) restore "${2:?a moment, such as 2026-07-09 08:30:00+00}" ;;
    *)
        echo "archive: expected on DIR, base or restore TIME, got '${1:-}'" >&2
        exit 2
        ;;
esac
