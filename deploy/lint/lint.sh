#!/usr/bin/env bash
# Lints shell scripts, Dockerfiles and SQL, and shows all faults together.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
rules=deploy/lint
failed=0

check() { # NAME COMMAND...
    local name=$1 said
    shift
    if ! said=$("$@" 2>&1); then
        printf 'lint: %s\n%s\n' "$name" "$said" >&2
        failed=1
    fi
}

files() { # PATTERN...: files of the repository and new ones, if they exist
    git ls-files --cached --others --exclude-standard -- "$@" | xargs -r ls -d 2>/dev/null
}

mapfile -t found < <(files '*.sh' .ci/run)
check shellcheck shellcheck "${found[@]}"
mapfile -t found < <(files '*Dockerfile')
check hadolint hadolint --config $rules/hadolint.yaml "${found[@]}"
mapfile -t found < <(files '*.sql')
check sqlfluff sqlfluff lint --config $rules/sqlfluff.cfg --processes 0 --disable-progress-bar "${found[@]}"
exit $failed
