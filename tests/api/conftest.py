"""A client of the real application over an archive in memory, and no blocking of its loop."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster, blockbuster_ctx
from starlette.testclient import TestClient

from tests.api.archive import Archive, served


@pytest.fixture(autouse=True)
def _blockbuster() -> Iterator[BlockBuster]:
    """Any blocking call on an event loop fails the test."""
    with blockbuster_ctx() as buster:
        yield buster


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.empty(data_dir=tmp_path)


@pytest.fixture
def client(archive: Archive) -> Iterator[TestClient]:
    with served(archive) as client:
        yield client
