"""What a competition has cost so far, and what the machines do now: read from the platform, and shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from arena.api.planning import Machines, Spending, SpentOn
from arena.client.http import Client
from arena.rules.machine_hours import cost, machine_hours
from arena.table import Heading, TextTable

RUNNERS = 30
"""Machines that a forecast has where nobody has stated any."""


@dataclass(frozen=True)
class SoFar:
    """What the platform knows of machines and of a competition's cost."""

    machines: Machines
    spending: Spending

    @property
    def json(self) -> dict[str, Any]:
        """What scripts get."""
        return {"machines": self.machines.model_dump(), "spending": self.spending.model_dump()}

    def choose_machines(self, runners: int | None, slots: int | None, price: float | None) -> tuple[int, int, float]:
        """Return (machines, slots of each, price of an hour): as given, or else as the operator has stated them."""
        return (
            runners or self.machines.limit or RUNNERS,
            slots or self.machines.slots,
            self.spending.price if price is None else price,
        )


def read_so_far(client: Client, competition: str) -> SoFar:
    """Ask the platform."""
    return SoFar(
        client.get("/api/v1/admin/machines").parse(Machines),
        client.get(f"/api/v1/admin/competitions/{competition}/spending").parse(Spending),
    )


def machines_facts(machines: Machines) -> list[tuple[str, str]]:
    """Return what the machines do now, as (what, how much)."""
    broken = f", {machines.not_ready:,} not ready" if machines.not_ready else ""
    limit = "no limit stated" if machines.limit is None else f"at most {machines.limit:,}"
    reached = "; that is reached" if machines.at_limit else ""
    return [
        ("machines wanted", f"{machines.wanted:,}, for {machines.cpus_wanted:,} CPUs of open work"),
        ("machines there", f"{machines.ready:,} ready{broken} ({limit}{reached})"),
    ]


def spent_facts(spending: Spending, slots: int, price: float) -> list[tuple[str, str]]:
    """Return what was spent in all, on machines with so many slots at this price, as (what, how much)."""
    hours = machine_hours(spending.total.cpu_hours, slots)
    return [
        ("machine-hours so far", f"{hours:,.1f} in {spending.total.executions:,} executions"),
        ("cost so far", f"{cost(hours, price):,.2f} at {price:,.4g} a machine-hour"),
    ]


def spent_table(what: str, spent: Sequence[SpentOn]) -> TextTable:
    """Return what was spent, a line for each phase or team."""
    return TextTable(
        [Heading(what, "text"), *(Heading(title, "number") for title in ("executions", "machine-hours", "cost"))],
        [(each.name, f"{each.executions:,}", f"{each.machine_hours:,.1f}", f"{each.cost:,.2f}") for each in spent],
        title=f"Spent by {what}",
    )
