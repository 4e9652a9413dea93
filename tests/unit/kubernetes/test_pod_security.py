"""What a pod may do on its node: services nothing special, and of a runner's pod the engine alone everything."""

import pytest

from tests.support.manifests import Manifests

OVERLAYS = ["production", "small", "small-1.20"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_but_the_runners_is_restricted(overlay: str, rendered: dict[str, Manifests]) -> None:
    pods = [each for each in rendered[overlay].pods() if each.namespace == "arena"]

    assert len(pods) >= 4
    for pod in pods:
        context = pod.spec["securityContext"]
        assert context["runAsNonRoot"] is True
        assert context["runAsUser"] > 0
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not [each for each in pod.spec["volumes"] if "hostPath" in each]
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.spec.keys()
        for container in pod.containers:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_of_a_runners_pod_the_engine_alone_is_privileged(overlay: str, rendered: dict[str, Manifests]) -> None:
    pod = rendered[overlay].pod("runner")

    assert [each["name"] for each in pod.containers if each["securityContext"].get("privileged")] == ["engine"]
    runner = pod.container("runner")
    assert runner["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert runner["securityContext"]["readOnlyRootFilesystem"] is True
    assert runner["securityContext"]["allowPrivilegeEscalation"] is False
    from_the_node = {each["name"] for each in pod.spec["volumes"] if "hostPath" in each}
    seen = [each for each in runner["volumeMounts"] if each["name"] in from_the_node]
    assert seen == [{"name": "control-groups", "mountPath": "/sys/fs/cgroup", "readOnly": True}]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_namespaces_say_what_their_pods_may_do(overlay: str, rendered: dict[str, Manifests]) -> None:
    levels = {
        each["metadata"]["name"]: each["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for each in rendered[overlay].of_kind("Namespace")
    }
    assert levels == {"arena": "restricted", "arena-runners": "privileged"}
    namespaced = [each for each in rendered[overlay].documents if each["kind"] != "Namespace"]
    assert {each["metadata"]["namespace"] for each in namespaced} == set(levels)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_pod_has_a_token_of_the_api_server(overlay: str, rendered: dict[str, Manifests]) -> None:
    for pod in rendered[overlay].pods():
        assert pod.spec["automountServiceAccountToken"] is False
        assert "serviceAccountName" not in pod.spec
