"""What the project gives to Prometheus and Grafana, and the tool that reads it as Prometheus does."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from tests.support.stack import ROOT

FOLDER = ROOT / "deploy/monitoring"
SERVICES = ("gateway", "dispatcher", "runner", "aggregator")
TYPE = re.compile(r"^# TYPE (\w+) (\w+)$", re.MULTILINE)
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}
GATHERED = re.compile(r"\b(?:arena|process)_\w+")
"""A metric of a service in a query; others, such as `up`, are Prometheus' own."""
RECORDED = re.compile(r"\barena:\w+:\w+")


def promtool(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run promtool in the folder of what is given to Prometheus."""
    found = Path(shutil.which("promtool") or ROOT / ".arena/promtool")
    assert found.is_file(), "expected promtool, found none; run: bash deploy/promtool.sh"
    command = [str(found), *arguments]
    return subprocess.run(command, cwd=FOLDER, input=given, capture_output=True, text=True, check=False)


def read(name: str) -> Any:
    """Return a file of the folder."""
    text = (FOLDER / name).read_text()
    return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)


def rules(kind: str) -> dict[str, str]:
    """Return the expressions of all rules of a kind, `alert` or `record`, by name."""
    every = [each for group in read("rules.yml")["groups"] for each in group["rules"]]
    return {each[kind]: each["expr"] for each in every if kind in each}


def shown() -> list[str]:
    """Return every expression of the dashboard."""
    dashboard = read("grafana.json")
    return [each["expr"] for panel in dashboard["panels"] for each in panel.get("targets", [])]


@cache
def exposition(service: str) -> str:
    """Return what a service's /metrics tells right after its start, in a process of its own."""
    program = f"import services.{service}.__main__, prometheus_client as p; print(p.generate_latest().decode(), end='')"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT).stdout


def metrics(service: str) -> Iterator[str]:
    """Yield the names under which Prometheus keeps a service's metrics."""
    for name, kind in TYPE.findall(exposition(service)):
        yield from (name + suffix for suffix in SUFFIXES.get(kind, ("",)))
