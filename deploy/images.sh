#!/usr/bin/env bash
# Builds the images whose inputs have changed: the stack's and those of a study, or the ones that are named.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- postgres rabbitmq service blackbox small
PYTHONPATH=$PWD .venv/bin/python -m arena images build --definitions deploy/images "$@" >/dev/null
