"""When each team submits, over the days of a competition: a pure, seeded decision."""

from dataclasses import dataclass

import numpy as np

from benchmarks.replay.plan.size import ReplaySize

DAY_S, HOUR_S = 86_400.0, 3_600.0
SKEW = 0.9
"""The spread of the logarithm of how much a team submits."""
NIGHT_HOURS, NIGHT_RATE = 8, 0.2
DEADLINES = (0.25, 0.5, 0.75, 1.0)
"""Parts of the time at whose ends teams hurry: four rounds."""
HURRY_HOURS, HURRY_RATE = 12, 8.0
FLOOD_SHARE, FLOOD_HOURS, FLOOD_AT = 0.05, 6, 0.6
"""What part of all submissions one team sends within a few hours, and when."""


@dataclass(frozen=True)
class Arrival:
    """A submission of a team, so many seconds after the opening."""

    at_s: float
    team: int


def draw_arrivals(size: ReplaySize, seed: int) -> list[Arrival]:
    """Return all submissions in the order of their times; team 0 is the one that floods."""
    draw = np.random.default_rng(seed)
    flood = round(size.submissions * FLOOD_SHARE)
    weights = draw.lognormal(0.0, SKEW, size.teams)
    once = min(size.teams, size.submissions - flood)  # every team submits
    counts = draw.multinomial(size.submissions - flood - once, weights / weights.sum())
    counts[:once] += 1
    rates = hourly_rates(size.days)
    hours = draw.choice(len(rates), counts.sum(), p=rates / rates.sum())
    times = (hours + draw.random(len(hours))) * HOUR_S
    teams = draw.permutation(np.repeat(np.arange(size.teams), counts))
    flood_times = size.days * DAY_S * FLOOD_AT + draw.random(flood) * FLOOD_HOURS * HOUR_S
    found = [Arrival(float(at), int(team)) for at, team in zip(times, teams, strict=True)]
    found += [Arrival(float(at), 0) for at in flood_times]
    return sorted(found, key=lambda each: (each.at_s, each.team))


def hourly_rates(days: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return the relative rate of each hour: low at night, and high in the last hours before a deadline."""
    hours = np.arange(round(days * 24))
    rates = np.where(hours % 24 < NIGHT_HOURS, NIGHT_RATE, 1.0)
    for part in DEADLINES:
        last = round(part * len(hours))
        rates[max(0, last - HURRY_HOURS) : last] = HURRY_RATE
    return rates
