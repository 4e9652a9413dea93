"""One run: the platform undisturbed, then under load while the plan's faults strike, then quiet, then checked."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from arena.client.http import Client
from shared.database import Pool
from tests.chaos.fault import Fault
from tests.chaos.faults.clocks import clock_faults
from tests.chaos.faults.disks import disk_faults
from tests.chaos.faults.engine import engine_faults
from tests.chaos.faults.links import link_faults
from tests.chaos.faults.memory import memory_faults
from tests.chaos.faults.messages import message_faults
from tests.chaos.faults.processes import process_faults
from tests.chaos.faults.servers import server_faults
from tests.chaos.history import History
from tests.chaos.load import GOOD, REFERENCE_TEAM, TEAMS, TeamWork, make_zips, open_competition
from tests.chaos.plan import PlannedFault, make_plan
from tests.chaos.platform.world import World, running_world
from tests.chaos.promises.checker import check_history, check_tables
from tests.chaos.promises.feeds import check_feeds
from tests.chaos.promises.quiet import wait_until_quiet
from tests.chaos.promises.quotas import check_quotas
from tests.chaos.promises.remains import check_remains
from tests.chaos.watchers import Watcher, leaderboard_watcher, submission_watcher

FAULTS: dict[str, Callable[[World], list[Fault]]] = {
    "processes": process_faults,
    "servers": server_faults,
    "links": link_faults,
    "messages": message_faults,
    "engine": engine_faults,
    "disks": disk_faults,
    "clocks": clock_faults,
    "memory": memory_faults,
}
"""By the word that `--kinds` takes."""
LEADERBOARD_WATCHERS = 3
THREADS = 32
"""For the clients of the teams, which block."""
STUCK = (AssertionError, RuntimeError, OSError, TimeoutError)
"""What a fault raises that cannot be thrown, or after which something does not come back in time."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What came of a run: the plan, how many submissions and studies there were, and each broken promise."""

    plan: Sequence[PlannedFault]
    submissions: int
    studies: int
    findings: Sequence[str]


async def run_chaos(
    seed: int, faults: int, folder: Path, say: Say, *, has_engine: bool, kinds: Sequence[str] = tuple(FAULTS)
) -> Outcome:
    """Run the platform in a folder, throw so many faults at it, and check what it promised."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    history = History(folder / "history.jsonl")
    async with running_world(folder, has_engine=has_engine) as world:
        tokens = await asyncio.to_thread(open_competition, world.gateways[0])
        zips = make_zips(folder / "zips")
        teams = {
            name: TeamWork(name, [Client(url, token) for url in world.gateways], zips, history, seed)
            for name, token in tokens.items()
        }
        say("each optimizer runs once without faults")
        for kind in GOOD:
            await teams[REFERENCE_TEAM].score(kind)
        known = {fault.name: fault for kind in kinds for fault in FAULTS[kind](world)}
        plan = make_plan(seed, faults, list(known))
        async with world.connect() as pool:
            findings = await _run_under_faults(world, pool, plan, known, list(teams.values()), tokens, history, say)
            findings += check_history(history) + check_feeds(history)
            findings += await check_tables(pool, history)
            findings += await check_quotas(world, pool, tokens)
            submissions = await pool.fetchval("select count(*) from submissions")
            studies = await pool.fetchval("select count(*) from studies")
        findings += await check_remains(world)
    history.close()
    return Outcome(plan, submissions, studies, findings)


async def _run_under_faults(
    world: World,
    pool: Pool,
    plan: Sequence[PlannedFault],
    known: dict[str, Fault],
    teams: Sequence[TeamWork],
    tokens: dict[str, str],
    history: History,
    say: Say,
) -> list[str]:
    """Let teams work and watchers watch while the faults strike; returns what does not come to rest afterwards."""
    stop_load, stop_watching = asyncio.Event(), asyncio.Event()
    boards = [leaderboard_watcher(f"leaderboard {n}", world.gateways, history) for n in range(LEADERBOARD_WATCHERS)]
    async with asyncio.TaskGroup() as watching:
        for board in boards:
            watching.create_task(board.watch(stop_watching))
        for team in teams:
            watching.create_task(_follow_submissions(team, world.gateways, tokens[team.name], history, stop_watching))
        async with asyncio.TaskGroup() as working:
            for team in teams:
                if team.name in TEAMS:
                    working.create_task(team.work(stop_load))
            await _strike(plan, known, history, say)
            try:
                await world.mend()
                say("everything is mended")
            except STUCK as error:
                history.record("stuck", fault="mending everything", error=repr(error))
            stop_load.set()
        findings = await wait_until_quiet(world, pool, boards)
        stop_watching.set()
    return findings


async def _strike(plan: Sequence[PlannedFault], known: dict[str, Fault], history: History, say: Say) -> None:
    """Throw every fault at its time; returns when the last one is healed."""
    now = asyncio.get_running_loop().time
    began = now()

    async def throw(planned: PlannedFault) -> None:
        await asyncio.sleep(began + planned.at_s - now())
        say(str(planned))
        history.record("strike", fault=planned.name, lasts_s=planned.lasts_s)
        try:
            await known[planned.name].strike()
            await asyncio.sleep(planned.lasts_s)
            await known[planned.name].heal()
        except STUCK as error:  # the run goes on and says so at its end
            history.record("stuck", fault=planned.name, error=repr(error))
        else:
            history.record("healed", fault=planned.name)

    async with asyncio.TaskGroup() as striking:
        for planned in plan:
            striking.create_task(throw(planned))


async def _follow_submissions(
    team: TeamWork, gateways: Sequence[str], token: str, history: History, stop: asyncio.Event
) -> None:
    """Watch each submission of a team from when it is accepted to its end, or until `stop`."""

    async def follow_accepted(tasks: asyncio.TaskGroup) -> None:
        while True:
            watcher: Watcher = submission_watcher(await team.accepted.get(), gateways, token, history)
            tasks.create_task(watcher.watch(stop))

    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(follow_accepted(tasks))
        await stop.wait()
        following.cancel()
