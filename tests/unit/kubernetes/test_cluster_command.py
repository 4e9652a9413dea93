"""`arena cluster check` as an operator runs it: with the kubectl on the PATH, of whatever cluster that is."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.cluster.applied import SERVICES, AppliedCluster, apply, named_by_digest
from tests.support.manifests import Manifests
from tests.support.stack import ROOT, free_port
from tests.support.waiting import LIMIT_S

KUBECTL = """#!{python}
import json, pathlib, sys
shown = json.loads((pathlib.Path(__file__).parent / "shown.json").read_text())
verb, *rest = sys.argv[1:]
if shown["refusal"]:
    sys.exit(shown["refusal"])
if verb == "exec":
    print(json.dumps({{"status": "unavailable", "reasons": shown["reasons"]}}))
elif verb == "get" and rest[0] == "--raw":
    if not shown["has_keda"]:
        sys.exit("Error from server (NotFound): the server could not find the requested resource")
    print(json.dumps({{"kind": "APIResourceList", "resources": [{{"name": "scaledjobs"}}]}}))
elif verb == "get" and rest[0] in shown["forbidden"]:
    sys.exit(f'Error from server (Forbidden): {{rest[0]}} is forbidden: User "ann" cannot list resource "{{rest[0]}}"')
elif verb == "get":
    namespace = rest[rest.index("-n") + 1] if "-n" in rest else None
    if rest[0] == "secrets":
        print(*(f"secret/{{name}}" for place, name in shown["secrets"] if place == namespace), sep="\\n")
    else:
        kinds = {{each.split(".")[0].removesuffix("s") for each in rest[0].replace("policies", "policys").split(",")}}
        items = [
            each for each in shown["documents"]
            if each["kind"].lower() in kinds and each["metadata"].get("namespace") == namespace
        ]
        print(json.dumps({{"kind": "List", "items": items}}))
"""
"""Answers as the real one does of a cluster that shows these documents; the real one is tried on a real cluster."""


@pytest.fixture
def cluster(rendered: dict[str, Manifests]) -> AppliedCluster:
    """A cluster where all is well."""
    return named_by_digest(apply(rendered["small"]))


def run(
    folder: Path,
    cluster: AppliedCluster | None,
    *options: str,
    refusal: str = "",
    forbidden: Sequence[str] = (),
    **variables: str,
) -> tuple[int, str, str]:
    """Run the command beside a kubectl that shows this cluster, or beside none."""
    folder.mkdir(exist_ok=True)
    if cluster is not None:
        reasons = cluster.unready.get((SERVICES, "gateway-1"), {})
        shown = {
            "documents": cluster.documents,
            "secrets": sorted(cluster.secrets),
            "reasons": reasons,
            "refusal": refusal,
            "has_keda": cluster.has_keda,
            "forbidden": forbidden,
        }
        (folder / "shown.json").write_text(json.dumps(shown))
        (folder / "kubectl").write_text(KUBECTL.format(python=sys.executable))
        (folder / "kubectl").chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ARENA_")}
    done = subprocess.run(
        [sys.executable, "-m", "arena", "cluster", "check", *options],
        env=environment | {"PATH": str(folder), "PYTHONPATH": str(ROOT)} | variables,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_good_cluster_has_nothing_to_list(cluster: AppliedCluster, tmp_path: Path) -> None:
    code, output, errors = run(tmp_path, cluster)

    assert (code, output) == (0, "")
    assert "0 faults, 0 warnings." in errors
    assert "set ARENA_URL and ARENA_TOKEN" in errors


def test_a_fault_is_listed_with_its_cure_and_fails_the_command(cluster: AppliedCluster, tmp_path: Path) -> None:
    cluster.settings["ARENA_SLOTS"] = "3"

    code, output, errors = run(tmp_path, cluster)

    assert code == 1
    assert "fault\tarena-runners/ScaledJob/runner\ttargetValue is 2, but a runner has 3 slots" in output
    assert 'Set targetValue: "3".' in output
    assert "1 fault, 0 warnings." in errors


def test_scripts_get_one_object(cluster: AppliedCluster, tmp_path: Path) -> None:
    cluster.remove("Service", "gateway")

    code, output, _ = run(tmp_path, cluster, "--json")

    body = json.loads(output)
    assert (code, body["faults"], body["asked_platform"]) == (1, 1, False)
    assert body["found"][0] == {
        "severity": "fault",
        "where": "arena/Service/gateway",
        "what": "There is none, so nothing reaches the gateway.",
        "cure": "Apply an overlay of deploy/kubernetes.",
    }


def test_a_service_that_is_not_ready_is_asked_why(cluster: AppliedCluster, tmp_path: Path) -> None:
    status = [{"name": "service", "ready": False, "state": {"running": {"startedAt": "2026-07-01T12:00:00Z"}}}]
    cluster.add_pod("gateway", containerStatuses=status)
    cluster.unready[SERVICES, "gateway-1"] = {"broker": "the broker does not answer"}

    code, output, _ = run(tmp_path, cluster)

    assert code == 1
    assert "arena/Pod/gateway-1\tIt is not ready: broker: the broker does not answer" in output


def test_other_namespaces_are_looked_at_when_they_are_named(cluster: AppliedCluster, tmp_path: Path) -> None:
    code, output, _ = run(tmp_path, cluster, "--namespace", "elsewhere")

    assert code == 1
    assert "Namespace/elsewhere\tNothing of Arena is here." in output


def test_without_keda_it_says_that_nothing_starts_runners(cluster: AppliedCluster, tmp_path: Path) -> None:
    cluster.has_keda = False

    code, output, _ = run(tmp_path, cluster)

    assert code == 1
    assert "KEDA is not installed, so nothing starts runners." in output


def test_what_an_operator_may_not_see_is_a_warning_and_the_rest_is_checked(
    cluster: AppliedCluster, tmp_path: Path
) -> None:
    code, output, errors = run(tmp_path, cluster, forbidden=["nodes", "secrets"])

    assert code == 0, output
    assert "0 faults, 2 warnings." in errors
    for kind, listed in (("Node", "nodes"), ("Secret", "secrets")):
        assert (
            f"warning\t{kind}\tThey were not looked at: kubectl get: Error from server (Forbidden): {listed}" in output
        )


def test_without_kubectl_it_says_how_to_get_it(tmp_path: Path) -> None:
    code, _, errors = run(tmp_path, None)

    assert code == 1
    assert "Expected kubectl on the PATH, found none. Install it (https://kubernetes.io" in errors


def test_what_kubectl_says_of_a_cluster_that_does_not_answer_is_passed_on(
    cluster: AppliedCluster, tmp_path: Path
) -> None:
    refusal = "The connection to the server 127.0.0.1:6443 was refused"

    code, _, errors = run(tmp_path, cluster, refusal=refusal)

    assert code == 1
    assert refusal in errors


def test_a_platform_that_does_not_answer_is_a_fault_and_the_cluster_is_checked_all_the_same(
    cluster: AppliedCluster, tmp_path: Path
) -> None:
    cluster.remove("Service", "gateway")
    url = f"http://127.0.0.1:{free_port()}"

    code, output, _ = run(tmp_path, cluster, ARENA_URL=url, ARENA_TOKEN="an-organizers-token")

    assert code == 1
    assert f"fault\t{url}\tNo answer from {url}" in output
    assert "arena/Service/gateway" in output
