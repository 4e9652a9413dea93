"""The memory of the four services after a submission."""

from benchmarks.figure import Figure
from benchmarks.resting.containers import SERVICES, proportional_bytes
from benchmarks.stack.platform import RANDOM_SEARCH, Platform, pack
from benchmarks.studies.overhead import SHORT_BOXES

GOAL_MB = 350


async def memory(platform: Platform, slots: int) -> list[Figure]:
    """Score a submission of as many short studies as two slots run in a while, and measure."""
    await platform.wait_warm(slots)
    slug, token = await platform.create_competition(SHORT_BOXES, studies_per_box=1)
    await platform.timed_submission(slug, token, pack(RANDOM_SEARCH))
    (await platform.http.get(f"/c/{slug}")).raise_for_status()
    each = {name: proportional_bytes(name) / 1e6 for name in SERVICES}
    together = sum(each.values())
    return [
        *(Figure(f"memory of the {name}", value, "MB", "", True) for name, value in each.items()),
        Figure("memory of the four services", together, "MB", f"< {GOAL_MB}", together < GOAL_MB),
    ]
