"""A node with the images of studies, on which the pods of this folder's tests run one after another."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.runner.lock_file import hold_lock
from tests.support.sandbox.engine_container import EngineContainer, NodeFiles, new_node, running_engine


@pytest.fixture(scope="package")
def node() -> Iterator[NodeFiles]:
    """The files of the node."""
    with new_node() as node:
        yield node


@pytest.fixture
def engine_container(node: NodeFiles) -> Iterator[EngineContainer]:
    """An engine that waits for its runner."""
    with running_engine(node) as engine:
        yield engine


@pytest.fixture
def engine_with_runner(engine_container: EngineContainer) -> Iterator[EngineContainer]:
    """An engine whose runner lives: the test, which has the lock."""
    with hold_lock(Path(engine_container.lock), "runner-of-the-tests"):
        yield engine_container
