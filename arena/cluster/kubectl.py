"""The operator's own kubectl: reads what is in the cluster, and changes nothing."""

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from arena.cluster.documents import ClusterDocuments, read_objects
from arena.cluster.pods import Pod
from arena.failure import Failure

TIMEOUT_S = 60
SERVICE_KINDS = "deployments,statefulsets,jobs,pods,services,configmaps,networkpolicies"
RUNNER_KINDS = "pods,configmaps,networkpolicies,resourcequotas"
SCALED_JOBS = "scaledjobs.keda.sh"
KEDA = "/apis/keda.sh/v1alpha1"
NAME = "app.kubernetes.io/name"
ANSWERING = {"gateway", "dispatcher", "aggregator", "runner"}
ASK_READYZ = """
import json, urllib.error, urllib.request
try:
    print(urllib.request.urlopen("http://127.0.0.1:8000/readyz", timeout=5).read().decode())
except urllib.error.HTTPError as error:
    print(error.read().decode())
except OSError as error:
    print(json.dumps({"reasons": {"/readyz": f"does not answer ({error})"}}))
"""
"""Run in a service's own container: its answer of 503 has the reasons, which Kubernetes does not show."""


def read_cluster(namespace: str, runners_namespace: str) -> ClusterDocuments:
    """Read everything that is checked. Raises Failure if kubectl is not there, or the cluster does not answer it."""
    if shutil.which("kubectl") is None:
        raise Failure(
            "Expected kubectl on the PATH, found none. Install it (https://kubernetes.io/docs/tasks/tools/), and let "
            "KUBECONFIG name your cluster."
        )
    _ask("version")
    items = _list(SERVICE_KINDS, "-n", namespace) + _list(RUNNER_KINDS, "-n", runners_namespace)
    if has_keda := _has_keda():
        items += _list(SCALED_JOBS, "-n", runners_namespace)
    unread: dict[str, str] = {}
    with _if_allowed("Node", unread):
        items += _list("nodes")
    secrets: frozenset[tuple[str, str]] = frozenset()
    with _if_allowed("Secret", unread):
        secrets = _secret_names(namespace) | _secret_names(runners_namespace)
    objects, pods = read_objects(items)
    return ClusterDocuments(
        namespace,
        runners_namespace,
        datetime.now(UTC),
        objects,
        pods,
        secrets=secrets,
        has_keda=has_keda,
        unread=unread,
        unready=_ask_unready(pods),
    )


def _ask(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - nothing in the arguments is a shell's
            ["kubectl", *arguments],  # noqa: S607 - the operator's own
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Failure(
            f"Expected the cluster to answer 'kubectl {arguments[0]}' in {TIMEOUT_S} s, got nothing. Does KUBECONFIG "
            "name the right one?"
        ) from error
    if done.returncode != 0:
        raise Failure(f"kubectl {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def _has_keda() -> bool:
    try:
        return "scaledjobs" in _ask("get", "--raw", KEDA)
    except Failure as failure:
        if "NotFound" in str(failure):
            return False
        raise


@contextmanager
def _if_allowed(kind: str, unread: dict[str, str]) -> Iterator[None]:
    """Go on without these objects where this operator may not see them, and keep what the cluster says of it."""
    try:
        yield
    except Failure as failure:
        if "Forbidden" not in str(failure):
            raise
        unread[kind] = str(failure)


def _list(kinds: str, *where: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(_ask("get", kinds, *where, "-o", "json"))["items"]
    return items


def _secret_names(namespace: str) -> frozenset[tuple[str, str]]:
    """Return the names alone; what is in them is nobody's business here."""
    names = _ask("get", "secrets", "-n", namespace, "-o", "name").split()
    return frozenset((namespace, each.removeprefix("secret/")) for each in names)


def _ask_unready(pods: Iterable[Pod]) -> dict[tuple[str, str], Mapping[str, str]]:
    """Return what each running service that is not ready gives as reasons; one that cannot be asked has none."""
    found: dict[tuple[str, str], Mapping[str, str]] = {}
    for pod in pods:
        if pod.metadata.labels.get(NAME) not in ANSWERING:
            continue
        for status in pod.status.container_statuses:
            if status.state.running is None or status.ready or status.name == "engine":
                continue
            try:
                answer = _ask(
                    *("exec", "-n", pod.metadata.namespace, pod.metadata.name, "-c", status.name, "--"),
                    *("python", "-c", ASK_READYZ),
                )
                reasons = json.loads(answer)["reasons"]
            except (Failure, ValueError, KeyError) as error:
                reasons = {"/readyz": f"cannot be asked ({str(error).splitlines()[-1]})"}
            found[pod.metadata.namespace, pod.metadata.name] = reasons
    return found
