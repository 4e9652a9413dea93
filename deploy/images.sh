#!/usr/bin/env bash
# Builds the images whose inputs have changed: the stack's and those of a study, or the ones that are named.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- postgres rabbitmq service blackbox small
case " $* " in *" service "*) PYTHONPATH=$PWD .venv/bin/python -m deploy.website ;; esac # the image copies what it serves
PYTHONPATH=$PWD .venv/bin/python -m arena images build --definitions deploy/images "$@" >/dev/null
