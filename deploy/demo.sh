#!/usr/bin/env bash
# The demo in one command: the stack, a competition, three optimizers of two teams, and a leaderboard that moves.
set -euo pipefail
cd "$(dirname "$0")/.."
bash deploy/stack.sh up
bash deploy/keep.sh $$ &
export ARENA_URL=${ARENA_URL:-http://127.0.0.1:${ARENA_PORT:-8080}}
.venv/bin/python -m deploy.demo
