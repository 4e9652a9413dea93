#!/usr/bin/env bash
# Nine teams, each with what `arena new --with LIBRARY` writes, on one leaderboard, with the times that they took.
# It wants a platform that runs: `make up` or `make demo`, and the environment `modern`, which it builds once (some minutes).
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/.venv/bin:$PATH" ARENA_URL="${ARENA_URL:-http://127.0.0.1:${ARENA_PORT:-8080}}"
export ARENA_TOKEN="${ARENA_TOKEN:-$(cat .arena/organizer-token)}"
baseline=neurips-2020
slug=libraries
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

arena images build small modern >/dev/null # runners find them on the engine
arena baseline list | cut -f 1 | grep -qx $baseline \
    || arena baseline import examples/baselines/baseline-16-8.json --name $baseline | cat
arena competition apply examples/nine_optimizers/competition.toml --yes | cat

submissions=()
for library in random skopt optuna botorch ax nevergrad smac hebo cma; do
    token=$(arena team create $library --competition $slug 2>/dev/null || arena team token $library --competition $slug)
    arena new "$folder/$library" --with $library >/dev/null 2>&1
    arena pack "$folder/$library" --output "$folder/$library.zip" >/dev/null
    submissions+=("$(ARENA_TOKEN=$token arena submit "$folder/$library.zip" --competition $slug --json \
        | python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')")
done

arena watch "${submissions[@]}"
arena leaderboard --competition $slug

printf '\nteam\tseconds of a study: mean\tlongest\n'
for submission in "${submissions[@]}"; do
    {
        arena status "$submission" --json
        curl -fsS -H "Authorization: Bearer $ARENA_TOKEN" "$ARENA_URL/api/v1/submissions/$submission/boxes"
    } | python3 -c '
import json, sys
text, decoder = sys.stdin.read(), json.JSONDecoder()
submission, end = decoder.raw_decode(text)
times = [box["time"] for box in json.loads(text[end:])["boxes"] if box["time"]]
mean = sum(time["mean_s"] for time in times) / len(times)
longest = max(time["max_s"] for time in times)
print(submission["team"], f"{mean:.1f}", f"{longest:.1f}", sep="\t")'
done
