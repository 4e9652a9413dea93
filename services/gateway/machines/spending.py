"""How many machines the work wants, and what a competition has cost. Pure."""

import math
from collections.abc import Callable, Iterable, Sequence

from arena.api.planning import Machines, Spending, Spent, SpentOn
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

    def spent(of: Iterable[SpentRow]) -> Spent:
        of = list(of)
        cpu_hours = math.fsum(row.cpu_s for row in of) / HOUR_S
        hours = machine_hours(cpu_hours, slots)
        return Spent(
            executions=sum(row.executions for row in of),
            cpu_hours=cpu_hours,
            machine_hours=hours,
            cost=cost(hours, price),
        )

    def by(name: Callable[[SpentRow], str]) -> list[SpentOn]:
        named = {each: spent(row for row in rows if name(row) == each) for each in {name(row) for row in rows}}
        found = [SpentOn(name=each, **amount.model_dump()) for each, amount in named.items()]
        return sorted(found, key=lambda each: (-each.cpu_hours, each.name))

    return Spending(
        competition=competition,
        slots=slots,
        price=price,
        total=spent(rows),
        phases=by(lambda row: KINDS.get(row.kind, row.phase)),
        teams=by(lambda row: OF_THE_ORGANIZER if row.internal else row.team),
    )
