"""What a competition has cost so far, and what the machines do now: read from the platform, and shown."""

from dataclasses import dataclass
from typing import Any

from arena.api.planning import Machines, Spending, SpentOn
from arena.client.http import Client
from arena.rules.machine_hours import cost, machine_hours
from arena.table import Heading, TextTable

AMOUNTS = ("executions", "machine-hours", "cost")
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


def phases_table(spending: Spending) -> TextTable:
    """Return what was spent, a line for each phase."""
    return TextTable(
        [Heading("phase", "text"), *(Heading(title, "number") for title in AMOUNTS)],
        [(each.name, *_amounts(each)) for each in spending.phases],
        title="Spent by phase",
    )


def teams_table(spending: Spending) -> TextTable:
    """Return what was spent, a line for each team, with its machine-hours in each phase."""
    phases = [each.name for each in spending.phases]
    return TextTable(
        [Heading("team", "text"), *(Heading(title, "number") for title in (*AMOUNTS, *phases))],
        [
            (each.name, *_amounts(each), *(f"{each.phases.get(phase, 0.0):,.1f}" for phase in phases))
            for each in spending.teams
        ],
        title="Spent by team, and machine-hours in each phase",
    )


def _amounts(spent: SpentOn) -> tuple[str, str, str]:
    return f"{spent.executions:,}", f"{spent.machine_hours:,.1f}", f"{spent.cost:,.2f}"
