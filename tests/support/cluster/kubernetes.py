"""A cluster as tests use it: `kubectl` for what operators type, its proxy for what is asked often."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from tests.support.plain_http import TRUSTS_NOBODY
from tests.support.waiting import LIMIT_S

SERVICES = "arena"
RUNNERS = "arena-runners"
CORE, JOBS, APPS = "/api/v1", "/apis/batch/v1", "/apis/apps/v1"
SCALED_JOBS = "/apis/keda.sh/v1alpha1"

Thing = dict[str, Any]
"""An object as the API returns it."""


def kubectl(*arguments: str, limit_s: float = LIMIT_S) -> str:
    """Run kubectl, and return what it prints; fails with what it said."""
    done = subprocess.run(["kubectl", *arguments], capture_output=True, text=True, timeout=limit_s, check=False)
    assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr or done.stdout}"
    return done.stdout


class Kubernetes:
    """The API of the cluster, through a proxy that knows who we are."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, verify=TRUSTS_NOBODY, timeout=30)

    def every(self, api: str, kind: str, namespace: str) -> list[Thing]:
        """Return all objects of a kind in a namespace."""
        items: list[Thing] = self._answer(self._http.get(f"{api}/namespaces/{namespace}/{kind}"))["items"]
        return items

    def nodes(self) -> list[Thing]:
        """Return the nodes."""
        items: list[Thing] = self._answer(self._http.get(f"{CORE}/nodes"))["items"]
        return items

    def create(self, api: str, kind: str, namespace: str, thing: Mapping[str, Any]) -> Thing:
        """Create an object."""
        return self._answer(self._http.post(f"{api}/namespaces/{namespace}/{kind}", json=dict(thing)))

    def delete(self, api: str, kind: str, namespace: str, name: str) -> None:
        """Delete an object, and then what belongs to it."""
        path = f"{api}/namespaces/{namespace}/{kind}/{name}"
        self._answer(self._http.delete(path, params={"propagationPolicy": "Background"}))

    def patch(self, api: str, kind: str, namespace: str, name: str, change: Mapping[str, Any]) -> Thing:
        """Merge a change into an object."""
        headers = {"Content-Type": "application/merge-patch+json"}
        path = f"{api}/namespaces/{namespace}/{kind}/{name}"
        return self._answer(self._http.patch(path, content=json.dumps(change), headers=headers))

    @contextmanager
    def changed(self, api: str, kind: str, namespace: str, name: str, change: Thing) -> Iterator[None]:
        """Change an object's specification, and change it back at the end."""
        path = f"{api}/namespaces/{namespace}/{kind}/{name}"
        before = self._answer(self._http.get(path))["spec"]
        self.patch(api, kind, namespace, name, change)
        try:
            yield
        finally:
            self.patch(api, kind, namespace, name, {"spec": {key: before[key] for key in change["spec"]}})

    def ask_service(self, service: str, namespace: str, port: int, path: str) -> Thing:
        """GET an object from one of a service's pods, from wherever we are."""
        return self._answer(self._http.get(f"{CORE}/namespaces/{namespace}/services/http:{service}:{port}/proxy{path}"))

    def changes(self, api: str, kind: str, namespace: str) -> Iterator[Thing]:
        """Yield each change of the objects of a kind, beginning with those that are there, until closed."""
        path = f"{api}/namespaces/{namespace}/{kind}"
        with self._http.stream("GET", path, params={"watch": "1"}, timeout=None) as answer:
            for line in answer.iter_lines():
                change: Thing = json.loads(line)
                yield change

    @staticmethod
    def _answer(answer: httpx.Response) -> Thing:
        answer.raise_for_status()
        thing: Thing = answer.json()
        return thing


@contextmanager
def connected_kubernetes() -> Iterator[Kubernetes]:
    """Run `kubectl proxy` on a port of its own, and end it."""
    proxy = subprocess.Popen(["kubectl", "proxy", "--port=0"], stdout=subprocess.PIPE, text=True)
    try:
        assert proxy.stdout is not None
        address = proxy.stdout.readline().split()[-1]
        yield Kubernetes(f"http://{address}")
    finally:
        proxy.terminate()
        proxy.wait(timeout=LIMIT_S)
