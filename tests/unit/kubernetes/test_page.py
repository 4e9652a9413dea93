"""The operator's page on clusters says what the manifests say."""

import json
import re
from pathlib import Path

import pytest

from tests.support.manifests import Manifests, bytes_of, render

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/operator/kubernetes.md"
TEXT = PAGE.read_text()
DIGEST = "sha256:" + 64 * "0"


def row(beginning: str) -> list[str]:
    """The cells of the table's row that begins so."""
    (line,) = re.findall(rf"^\| {beginning}.*$", TEXT, re.MULTILINE)
    return [each.strip() for each in line.strip("|").split("|")]


def test_ten_commands_lead_from_nothing_to_a_score() -> None:
    (block,) = re.findall(r"^<!-- from nothing to a score -->\n```sh\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    commands = block.splitlines()

    assert len(commands) <= 10
    assert not [each for each in commands if each.endswith("\\") or "&&" in each or ";" in each]
    assert any(each.startswith("kubectl apply -k ") for each in commands)
    assert " arena submit " in commands[-2]


def test_every_file_that_the_page_names_is_there(copied: Path) -> None:
    named = set(re.findall(r"((?:deploy|examples)/[\w./-]+\w|(?:base|overlays|components)/[\w.-]+\w)", TEXT))

    assert len(named) > 8
    missing = [each for each in named if not ((copied.parents[1] / each).exists() or (copied / each).exists())]
    assert [each for each in missing if not (ROOT / each).exists() and not each.endswith("organizer-token")] == []


@pytest.mark.parametrize("overlay", ["small", "production"])
def test_the_numbers_of_the_page_are_those_of_the_manifests(overlay: str, rendered: dict[str, Manifests]) -> None:
    column = {"small": 1, "production": 2}[overlay]
    settings = rendered[overlay].get("ConfigMap", "runner", "arena-runners")["data"]
    spec = rendered[overlay].get("ScaledJob", "runner", "arena-runners")["spec"]
    pod = rendered[overlay].pod("runner")

    assert row("slots of a runner")[column] == settings["ARENA_SLOTS"]
    assert row("the most runners")[column] == str(spec["maxReplicaCount"])
    memory = bytes_of(pod.container("engine")["resources"]["limits"]["memory"])
    assert row("memory of an engine")[column] == f"{memory // 2**30} GiB"
    grace_s = float(settings["ARENA_GRACE_S"])
    assert row("longest shard")[column] == f"{grace_s / 60:g} min"
    assert pod.spec["terminationGracePeriodSeconds"] - grace_s == 5 * 60
    assert float(settings["ARENA_EXIT_WHEN_IDLE_S"]) == 2 * 60


def example(copied: Path, name: str) -> Manifests:
    """Return what a kustomization on the page renders to, beside the source tree's `deploy`."""
    (text,) = re.findall(rf"^<!-- {name} -->\n```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    folder = copied.parents[1] / name
    folder.mkdir()
    (folder / "kustomization.yaml").write_text(text.replace("sha256:...", DIGEST))
    return render(folder)


def test_images_are_replaced_by_digest_wherever_they_are_named(copied: Path) -> None:
    images = {each["image"] for pod in example(copied, "images").pods() for each in pod.containers}

    assert images == {
        f"registry.example.org/arena-{name}@{DIGEST}" for name in ("service", "engine", "postgres", "rabbitmq")
    }


def test_the_example_of_production_replaces_every_address_host_and_limit(copied: Path) -> None:
    mine = example(copied, "production")

    text = json.dumps(mine.documents)
    assert "192.0.2." not in text
    assert "arena.example.org" not in text
    assert ":local" not in text
    assert "300" not in re.findall(r'"(?:pods|maxReplicaCount|value)": "?(\d+)', text)
    assert mine.get("ScaledJob", "runner", "arena-runners")["spec"]["maxReplicaCount"] == 50
    env = {each["name"]: each["value"] for each in mine.pod("gateway").container("service")["env"]}
    assert env["ARENA_RUNNERS_LIMIT"] == "50"


def test_the_example_for_older_clusters_has_a_plain_sidecar(copied: Path) -> None:
    assert "initContainers" not in example(copied, "older").pod("runner").spec


def test_the_example_of_the_way_out_leads_to_the_mail_server_that_is_named(copied: Path) -> None:
    mine = example(copied, "outward")

    (rule,) = mine.get("NetworkPolicy", "to-mail")["spec"]["egress"]
    assert rule == {"to": [{"ipBlock": {"cidr": "10.1.0.50/32"}}], "ports": [{"protocol": "TCP", "port": 465}]}
    assert mine.get("NetworkPolicy", "to-internet")
