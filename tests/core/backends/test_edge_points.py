"""The wall around the embedded engine: its faults become ours, and nothing else does."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from core.backends.edge_points import EdgePoints
from core.backends.filters import ARTICLES, PASSAGES
from core.backends.point_engine import Point
from core.backends.ranking import PointQuery
from core.errors import StoreRejected, StoreUnavailable
from tests.contracts.store_archive import quick_folder, unit

A_POINT = Point(id=str(UUID(int=1)), payload={"kind": "article", "article_id": "a"})


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with quick_folder(tmp_path) as quick:
        shard = quick / "shard"
        shard.mkdir()
        yield shard


def test_a_point_without_vectors_is_kept_beside_points_with_them(folder: Path) -> None:
    points = EdgePoints.create(folder, dimension=8)
    passage = Point(id=str(UUID(int=2)), payload={"kind": "passage"}, dense=unit(1))
    points.upsert([A_POINT, passage])
    assert points.count((ARTICLES,)) == points.count((PASSAGES,)) == 1
    [found] = points.search([PointQuery(vector=unit(1), where=(), limit=9)])
    assert [match.passage_id for match in found] == [passage.id]
    [record] = points.retrieve([A_POINT.id], keys=None)
    assert record.payload == A_POINT.payload
    points.close()


def test_what_the_engine_refuses_is_our_fault(folder: Path) -> None:
    points = EdgePoints.create(folder, dimension=4)
    with pytest.raises(StoreRejected, match="dimension") as caught:
        points.upsert([Point(id=A_POINT.id, payload={}, dense=unit(1))])
    assert str(folder) in str(caught.value)
    points.close()


def test_a_folder_that_vanishes_is_named(folder: Path) -> None:
    points = EdgePoints.create(folder, dimension=4)
    shutil.rmtree(folder)
    with pytest.raises(StoreUnavailable, match="cannot be read") as caught:
        points.upsert([A_POINT])
    assert str(folder) in str(caught.value)


def test_a_second_shard_in_one_folder_is_refused(folder: Path) -> None:
    points = EdgePoints.create(folder, dimension=4)
    with pytest.raises(StoreUnavailable, match="cannot be loaded"):
        EdgePoints.load(folder)
    points.close()


@pytest.mark.parametrize(
    ("raised", "becomes"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (MemoryError(), MemoryError),
        (OSError(28, "No space left on device"), StoreUnavailable),
        (StoreUnavailable("said already"), StoreUnavailable),
    ],
)
def test_only_the_engines_own_faults_are_translated(
    folder: Path, raised: BaseException, becomes: type[BaseException]
) -> None:
    class Failing:
        def flush(self) -> None:
            raise raised

    shard: Any = Failing()
    with pytest.raises(becomes):
        EdgePoints(shard, folder).flush()
