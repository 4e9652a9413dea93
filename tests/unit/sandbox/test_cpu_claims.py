"""On which CPUs slots may be."""

import os

import pytest

from arena.sandbox.cpu_claims import usable_cpus


def test_on_this_machine_they_are_those_that_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 3, 9}, raising=False)

    assert usable_cpus("unix:///var/run/docker.sock", 8) == [1, 3]


def test_on_another_machine_they_are_all_that_its_engine_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1}, raising=False)

    assert usable_cpus("tcp://engine:2376", 4) == [0, 1, 2, 3]
