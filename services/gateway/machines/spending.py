"""How many machines the work wants, and what a competition has cost. Pure."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence

from arena.api.planning import Machines, Spending, Spent, SpentByTeam, SpentOn
from arena.rules.machine_hours import cost, machine_hours, machines_wanted
from services.gateway.machines.tables import MachinesRow, SpentRow

HOUR_S = 3600.0
OF_THE_ORGANIZER = "(organizer)"
KINDS = {"organizer_run": "(organizer runs)", "rescoring_candidate": "(rescoring)", "archived": "(rescoring)"}
"""What is no phase of the competition is one line for its kind."""


def show_machines(row: MachinesRow, slots: int, limit: int | None) -> Machines:
    """Return what the machines do now."""
    return Machines(
        cpus_wanted=row.cpus_wanted,
        slots=slots,
        wanted=machines_wanted(row.cpus_wanted, slots),
        ready=row.ready,
        not_ready=row.not_ready,
        limit=limit,
        at_limit=limit is not None and row.ready + row.not_ready >= limit,
    )


def show_spending(competition: str, rows: Sequence[SpentRow], slots: int, price: float) -> Spending:
    """Return what a competition has cost: in all, by phase and by team."""

    def spent(of: Sequence[SpentRow]) -> Spent:
        cpu_hours = math.fsum(row.cpu_s for row in of) / HOUR_S
        hours = machine_hours(cpu_hours, slots)
        return Spent(
            executions=sum(row.executions for row in of),
            cpu_hours=cpu_hours,
            machine_hours=hours,
            cost=cost(hours, price),
        )

    def by(name: Callable[[SpentRow], str], of: Sequence[SpentRow]) -> list[SpentOn]:
        groups: dict[str, list[SpentRow]] = defaultdict(list)
        for row in of:
            groups[name(row)].append(row)
        found = [SpentOn(name=each, **spent(group).model_dump()) for each, group in groups.items()]
        return sorted(found, key=lambda each: (-each.cpu_hours, each.name))

    def in_phases(team: str) -> dict[str, float]:
        return {each.name: each.machine_hours for each in by(_phase, [row for row in rows if _team(row) == team])}

    return Spending(
        competition=competition,
        slots=slots,
        price=price,
        total=spent(rows),
        phases=by(_phase, rows),
        teams=[SpentByTeam(**each.model_dump(), phases=in_phases(each.name)) for each in by(_team, rows)],
    )


def _phase(row: SpentRow) -> str:
    return KINDS.get(row.kind, row.phase)


def _team(row: SpentRow) -> str:
    return OF_THE_ORGANIZER if row.internal else row.team
