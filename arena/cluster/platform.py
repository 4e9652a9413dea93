"""What the platform itself says of its runners and phases, where it may be asked, and whether that fits the cluster."""

from collections.abc import Iterator
from dataclasses import dataclass

from arena.api.competitions import CompetitionDescription, CompetitionPage
from arena.api.operations import RunnerPage, RunnerSummary
from arena.api.planning import Machines
from arena.client.http import Client
from arena.cluster.documents import ClusterDocuments
from arena.cluster.fault import ClusterFault, fault, warning
from arena.cluster.runner_pods import StudyNeeds
from arena.cluster.scaling import find_scaled_job, runner_slots
from arena.words.states import SHUTS_DOWN, RunnerState


@dataclass(frozen=True)
class PlatformReport:
    """Runners as they last reported, machines as the gateway counts them, and what phases ask of a runner."""

    runners: tuple[RunnerSummary, ...]
    machines: Machines
    needs: tuple[StudyNeeds, ...]


def ask_platform(client: Client) -> PlatformReport:
    """Ask the gateway. Raises Failure if it does not answer."""
    runners = client.get_all("/api/v1/admin/runners", "runners").parse(RunnerPage).runners
    machines = client.get("/api/v1/admin/machines").parse(Machines)
    listed = client.get_all("/api/v1/competitions", "competitions").parse(CompetitionPage).competitions
    described = [client.get(f"/api/v1/competitions/{each.slug}").parse(CompetitionDescription) for each in listed]
    needs = [
        StudyNeeds(f"{each.slug}/{phase.name}", phase.studies_per_shard, phase.limits, phase.cpus)
        for each in described
        for phase in each.phases
    ]
    return PlatformReport(tuple(runners), machines, tuple(needs))


def check_platform(cluster: ClusterDocuments, platform: PlatformReport) -> Iterator[ClusterFault]:
    """Yield what runners say is wrong with them, and what the gateway counts otherwise than the scaler."""
    for each in platform.runners:
        if each.state == RunnerState.NOT_READY and each.reason != SHUTS_DOWN:
            yield fault(
                f"runner {each.id}",
                f"It takes no work: {each.reason}",
                "Mend what it names. It tries again by itself.",
            )
        elif each.state == RunnerState.READY and each.reason:
            yield warning(f"runner {each.id}", f"It cannot do all: {each.reason}", "Mend what it names.")
    job = find_scaled_job(cluster)
    if job is None:
        return
    for setting, stated, is_so in (
        ("ARENA_RUNNER_SLOTS", platform.machines.slots, runner_slots(cluster, job)),
        ("ARENA_RUNNERS_LIMIT", platform.machines.limit, job.spec.max_replica_count),
    ):
        if stated != is_so:
            yield warning(
                f"{cluster.namespace}/Deployment/gateway",
                f"{setting} is {'not set' if stated is None else stated}, but the ScaledJob has {is_so}: the console "
                "counts machines wrongly.",
                f"Set {setting}={is_so} for the gateway.",
            )
