#!/usr/bin/env bash
# Tests on a real cluster: the one of KUBECONFIG, else one of three nodes on this machine, which is built once, kept in the
# cache, and of which nothing runs afterwards. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/../.."
machine=tests/cluster/machine

take_down() { # whatever became of the tests; what is left behind is a failure, too
    local code=$?
    bash $machine/down.sh || code=1
    exit "$code"
}

if [ -z "${KUBECONFIG:-}" ]; then
    bash $machine/build.sh
    trap take_down EXIT
    bash $machine/down.sh   # of a run that was killed
    bash $machine/up.sh
    bash $machine/load-images.sh
    export KUBECONFIG=${XDG_CACHE_HOME:-$HOME/.cache}/arena/cluster/kubeconfig
fi
# In this order: from nothing to a first score, then what goes right, then what goes wrong, then what is left.
pytest -m cluster tests/cluster/test_{first_score,check,scaling,faults,updates,remains}.py "$@"
