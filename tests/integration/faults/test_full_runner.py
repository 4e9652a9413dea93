"""A runner without room for the zips of its shards."""

import os
import tempfile

import pytest

from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.containers import connect_engine
from arena.sandbox.readiness import SandboxReadiness
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from tests.chaos.platform.filesystem import MEBIBYTE, small_filesystem


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a filesystem needs root")
async def test_a_runner_whose_temporary_folder_is_full_takes_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = SandboxSettings("runner-without-room", disk_free_limit_bytes=4 * MEBIBYTE)

    with small_filesystem(16 * MEBIBYTE) as filesystem:
        monkeypatch.setattr(tempfile, "tempdir", str(filesystem.folder))
        filesystem.fill()
        async with connect_engine(settings) as engine:
            claims = CpuClaims(engine, settings)
            readiness = SandboxReadiness(engine, SelfTest(engine, settings), settings, claims)

            assert await readiness.check() == f"disk low: expected {4 * MEBIBYTE} bytes free, got 0"
