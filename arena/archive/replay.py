"""Runs a sample of an archive's studies again on this machine's engine; what is archived must come out, bit for bit."""

import hashlib
import json
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

from arena.archive.families import built_families
from arena.archive.sample import SampledStudy
from arena.check.studies import ATTEMPTS, find_images, read_settings
from arena.failure import Failure
from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.containers import connect_engine
from arena.sandbox.self_test import SelfTest
from arena.sandbox.slot import Slot
from arena.sandbox.slots import Slots
from arena.sandbox.study import Fatal, InfrastructureFailure, StudyOutcome

OWNER = f"replay-{socket.gethostname()}-{hashlib.sha256(__file__.encode()).hexdigest()[:8]}"
"""Whose the containers are, so that a replay removes what an earlier, killed one left, and nothing else."""
WITHOUT = "--no-replay verifies files and scores alone."


async def replay_sample(sample: Sequence[SampledStudy], report: Callable[[str], None]) -> list[str]:
    """Run the studies again, one after the other; returns a sentence for each that came out otherwise.

    `report` is told which study begins. Raises Failure when this machine is not up to it.
    """
    if not sample:
        return []
    own = {each.own_family for each in sample if each.own_family is not None}
    with built_families(own, read_settings(os.environ).blackbox_image) as names:
        built = [
            replace(each, spec=replace(each.spec, family=names.get(each.spec.family, each.spec.family)))
            for each in sample
        ]
        return await _replay_all(built, report)


async def _replay_all(sample: Sequence[SampledStudy], report: Callable[[str], None]) -> list[str]:
    stated = replace(read_settings(os.environ), owner=OWNER, slots=max(each.spec.cpus for each in sample))
    faults = list[str]()
    try:
        await find_images(stated, {each.spec.environment for each in sample})
    except Failure as failure:
        raise Failure(f"{failure} {WITHOUT}") from failure
    try:
        async with AsyncExitStack() as stack:
            engine = await stack.enter_async_context(connect_engine(stated))
            await engine.remove_leftovers()
            claims = CpuClaims(engine, stated)
            opening = await stack.enter_async_context(Slots(engine, SelfTest(engine, stated), stated, claims))
            if reason := await claims.claim(stated.slots):
                raise Failure(f"Expected {stated.slots} CPUs to run studies again: {reason}. {WITHOUT}")
            slots = await opening.open()
            for each in sample:
                report(str(each))
                faults += await _replay(slots, each)
    except InfrastructureFailure as failure:
        raise Failure(f"Expected this machine to run studies again. {failure} {WITHOUT}") from failure
    return faults


async def _replay(slots: Sequence[Slot], sampled: SampledStudy) -> list[str]:
    """Run one study as often as it takes the machine. Raises InfrastructureFailure at the last attempt."""
    slot = slots[0] if sampled.spec.cpus == 1 else slots[0].beside(slots[1])
    attempt = 1
    while True:
        spec = replace(sampled.spec, attempt=attempt, execution=f"{sampled.spec.execution}-{attempt}")
        try:
            return _compare(sampled, await slot.run_study(spec, sampled.zip_file, sampled.dataset))
        except Fatal as fatal:
            return [f"{sampled}: its replay ended with {fatal}"]
        except InfrastructureFailure:
            if attempt == ATTEMPTS:
                raise
            attempt += 1


def _compare(sampled: SampledStudy, outcome: StudyOutcome) -> list[str]:
    """Compare losses by their shortest exact notation, so that 0.0 is not -0.0."""
    ran_in = {outcome.provenance.optimizer_image, outcome.provenance.blackbox_image}
    images = "" if ran_in <= sampled.images else "; it ran in other images than those on record"
    for what in ("visible", "generalization"):
        archived, again = getattr(sampled.archived, what), getattr(outcome, what)
        for iteration in range(max(len(archived), len(again))):
            before, after = (json.dumps(each[iteration : iteration + 1]) for each in (archived, again))
            if before != after:
                where = f"the {what} losses of iteration {iteration + 1}"
                return [f"{sampled}: its replay gave other losses; expected {before} as {where}, got {after}{images}"]
    return []
