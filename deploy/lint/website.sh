#!/usr/bin/env bash
# Lints the website's scripts and styles with Biome, if npm is there to install it.
set -euo pipefail
cd "$(dirname "$0")/../.."
rules=deploy/lint

if ! command -v npm >/dev/null; then
    echo "lint: without npm, the website's scripts and styles are not linted here; continuous integration does it" >&2
    exit 0
fi
if [ ! -x $rules/node_modules/.bin/biome ] || [ $rules/package-lock.json -nt $rules/node_modules ]; then
    npm --prefix $rules ci --silent --no-audit --no-fund
    touch $rules/node_modules
fi
mapfile -t found < <(git ls-files --cached --others --exclude-standard -- '*.js' '*.css' | xargs -r ls -d 2>/dev/null)
said=$($rules/node_modules/.bin/biome lint --error-on-warnings --config-path=$rules "${found[@]}" 2>&1) || {
    printf '%s\n' "$said" >&2
    exit 1
}
