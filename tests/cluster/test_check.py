"""`arena cluster check` on a real cluster, with the operator's kubectl."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.support.cluster.kubernetes import SERVICES
from tests.support.cluster.platform import Platform, organizer_token
from tests.support.stack import ROOT
from tests.support.waiting import SCORING_LIMIT_S

OF_THE_MOMENT = ("Node/", "runner ", "arena-runners/Pod/")
"""Nodes are the cluster's own, and one of these tests has services on its first; runners come and go."""
pytestmark = pytest.mark.cluster


def check(platform: Platform, *options: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code and what was found."""
    done = subprocess.run(
        [sys.executable, "-m", "arena", "cluster", "check", "--json", *options],
        cwd=ROOT,
        env={**os.environ, "ARENA_URL": platform.organizer.url, "ARENA_TOKEN": organizer_token()},
        capture_output=True,
        text=True,
        timeout=SCORING_LIMIT_S,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_the_manifests_on_a_cluster_are_without_a_fault(platform: Platform) -> None:
    _, body = check(platform)

    assert body["asked_platform"]
    faults = [each for each in body["found"] if each["severity"] == "fault"]
    assert [each for each in faults if not each["where"].startswith(OF_THE_MOMENT)] == []


def test_where_nothing_was_applied_it_says_so(platform: Platform) -> None:
    code, body = check(platform, "--namespace", "default", "--runners-namespace", SERVICES)

    faults = {each["where"] for each in body["found"] if each["severity"] == "fault"}
    assert code == 1
    assert faults >= {"Namespace/default", f"{SERVICES}/ScaledJob/runner"}
