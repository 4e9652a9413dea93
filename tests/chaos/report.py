"""The table of a run: how often each kind of fault struck, and each broken promise."""

from collections import Counter

from tests.chaos.plan import kind_of
from tests.chaos.run import Outcome


def write_report(outcome: Outcome) -> str:
    """Return the table."""
    times = Counter(kind_of(planned.name) for planned in outcome.plan)
    width = max(map(len, times), default=0)
    lines = [f"{kind:{width}}  {n:3}" for kind, n in sorted(times.items())]
    lines.append(f"{'faults':{width}}  {len(outcome.plan):3}")
    lines.append(
        f"{outcome.submissions} submissions, {outcome.studies} studies, {len(outcome.findings)} broken promises"
    )
    return "\n".join([*lines, *(f"BROKEN: {finding}" for finding in outcome.findings)])
