#!/usr/bin/env bash
# Lints what is not Python: shell, Dockerfiles, SQL, the website's scripts and styles. Shows the faults of all of them at once.
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

files() { # PATTERN...: those of the repository and new ones, that are there
    git ls-files --cached --others --exclude-standard -- "$@" | xargs -r ls -d 2>/dev/null
}

lint_scripts() {
    if ! command -v npm >/dev/null; then
        echo "lint: without npm, the website's scripts and styles are not linted here; continuous integration does it" >&2
        return
    fi
    if [ ! -x $rules/node_modules/.bin/biome ] || [ $rules/package-lock.json -nt $rules/node_modules ]; then
        check npm npm --prefix $rules ci --silent --no-audit --no-fund
    fi
    mapfile -t found < <(files '*.js' '*.css' ':!docs')
    check biome $rules/node_modules/.bin/biome lint --error-on-warnings --config-path=$rules "${found[@]}"
}

mapfile -t found < <(files '*.sh' .ci/run)
check shellcheck shellcheck "${found[@]}"
mapfile -t found < <(files '*Dockerfile')
check hadolint hadolint --config $rules/hadolint.yaml "${found[@]}"
mapfile -t found < <(files '*.sql')
check sqlfluff sqlfluff lint --config $rules/sqlfluff.cfg --processes 0 --disable-progress-bar "${found[@]}"
lint_scripts
exit $failed
