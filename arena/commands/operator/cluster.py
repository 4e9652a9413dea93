"""`arena cluster`: whether Arena is set up right on a Kubernetes cluster."""

import os
from dataclasses import asdict
from typing import Annotated

import typer

from arena.client.http import Client
from arena.cluster.check import check_cluster
from arena.cluster.fault import ClusterFault, fault
from arena.cluster.kubectl import read_cluster
from arena.cluster.platform import PlatformReport, ask_platform
from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.options import Json
from arena.failure import ExitCode, Failure
from arena.table import Heading, TextTable, show_tables
from arena.terminal import remark, show_json

RETRY_S = 5.0
group = LazyGroup(
    "Look at Arena on a Kubernetes cluster.",
    [Listed("check", "operator.cluster:check", "List every fault of a cluster, with its cure.")],
)


def check(
    namespace: Annotated[str, typer.Option("--namespace", help="Where the services are.")] = "arena",
    runners_namespace: Annotated[str, typer.Option("--runners-namespace", help="Where runners are.")] = "arena-runners",
    as_json: Json = False,
) -> None:
    """List every fault of a cluster, with its cure.

    It reads with your kubectl and changes nothing. With ARENA_URL and ARENA_TOKEN it also asks the platform: what its
    runners say, and what its phases need. A fault makes the exit code 1; a warning is for you to judge.
    """
    cluster = read_cluster(namespace, runners_namespace)
    platform, unreachable = _ask_platform()
    found = [*unreachable, *check_cluster(cluster, platform)]
    faults = sum(each.severity == "fault" for each in found)
    if as_json:
        show_json({"faults": faults, "asked_platform": platform is not None, "found": [asdict(each) for each in found]})
    else:
        _show(found, faults, asked_platform=platform is not None)
    if faults:
        raise typer.Exit(ExitCode.FAILED)


def _ask_platform() -> tuple[PlatformReport | None, list[ClusterFault]]:
    url, token = os.environ.get("ARENA_URL"), os.environ.get("ARENA_TOKEN")
    if not url or not token:
        return None, []
    try:
        return ask_platform(Client(url, token.strip(), retry_s=RETRY_S)), []
    except Failure as failure:
        return None, [fault(url, str(failure), "Mend the gateway or ARENA_URL and ARENA_TOKEN, and check again.")]


def _show(found: list[ClusterFault], faults: int, *, asked_platform: bool) -> None:
    if found:
        headings = [Heading(""), Heading("where"), Heading("what is wrong", "text"), Heading("what to do", "text")]
        show_tables(TextTable(headings, [(each.severity, each.where, each.what, each.cure) for each in found]))
    remark(f"{_count(faults, 'fault')}, {_count(len(found) - faults, 'warning')}.")
    if not asked_platform:
        remark("Runners' own reasons and phases were not looked at: set ARENA_URL and ARENA_TOKEN (an organizer's).")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
