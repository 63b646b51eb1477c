"""A copy of a shard grows by point ids, and is told from anything that is not one."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from core.backends.edge_copy import PAGE, ShardCopy
from core.backends.edge_points import EdgePoints
from core.backends.point_engine import Point
from core.types import SparseVector
from tests.contracts.store_archive import DIMENSION, quick_folder, random_unit, terms

COUNT = PAGE + 20


def point(
    number: int, *, text: str = "نصّ", seed: int = 0, lexical: SparseVector | None = None
) -> Point:
    """Every third one has no vectors, as an article has none."""
    bare = number % 3 == 0
    return Point(
        id=str(UUID(int=number)),
        payload={"kind": "passage", "text": text, "order": number},
        dense=None if bare else random_unit(seed or number),
        lexical=None if bare else lexical or terms(3, 10 + number),
    )


@pytest.fixture
def shards(tmp_path: Path) -> Iterator[tuple[EdgePoints, EdgePoints]]:
    """A shard of COUNT points, numbered from 1 on, and an empty one."""
    with quick_folder(tmp_path) as folder:
        opened = []
        for name in ("source", "target"):
            (folder / name).mkdir()
            opened.append(EdgePoints.create(folder / name, dimension=DIMENSION))
        source, target = opened
        source.upsert([point(number) for number in range(1, COUNT + 1)])
        yield source, target
        source.close()
        target.close()


def test_a_copy_holds_everything_and_says_so(shards: tuple[EdgePoints, EdgePoints]) -> None:
    source, target = shards
    copying = ShardCopy(source, target)
    assert copying.compare()
    assert (copying.copied, copying.finished) == (0, False)
    copying.extend(1)
    assert (copying.copied, copying.finished) == (PAGE, False)
    copying.extend(10 * COUNT)
    assert (copying.copied, copying.finished) == (COUNT, True)
    again = ShardCopy(source, target)
    assert again.compare()
    assert (again.copied, again.finished) == (COUNT, True)


def test_a_copy_is_gone_on_with_after_its_last_point(
    shards: tuple[EdgePoints, EdgePoints],
) -> None:
    source, target = shards
    target.upsert([point(number) for number in range(1, 8)])
    copying = ShardCopy(source, target)
    assert copying.compare()
    assert copying.copied == 7
    copying.extend(COUNT)
    assert ShardCopy(source, target).compare()
    assert target.count(()) == COUNT


def test_an_empty_source_is_copied_at_once(tmp_path: Path) -> None:
    shards = []
    for name in ("source", "target"):
        (tmp_path / name).mkdir()
        shards.append(EdgePoints.create(tmp_path / name, dimension=DIMENSION))
    copying = ShardCopy(*shards)
    assert copying.compare()
    assert copying.finished
    for shard in shards:
        shard.close()


@pytest.mark.parametrize(
    "held",
    [
        [point(1), point(2, text="غيره")],
        [point(1), point(2, seed=77)],
        [point(1), point(2, lexical=terms(3, 12, weight=2.0))],
        [point(1), point(2, lexical=terms(4, 12))],
        [point(1), point(3)],
        [point(number) for number in range(1, COUNT + 2)],
    ],
    ids=["payload", "dense vector", "weights", "terms", "missing point", "one too many"],
)
def test_what_differs_is_no_copy(
    shards: tuple[EdgePoints, EdgePoints], held: Sequence[Point]
) -> None:
    source, target = shards
    target.upsert(held)
    assert not ShardCopy(source, target).compare()


def test_vectors_do_not_change_by_being_copied_again_and_again(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    shards = []
    for name in ("0", "1", "2", "3"):
        (tmp_path / name).mkdir()
        shards.append(EdgePoints.create(tmp_path / name, dimension=384))
    shards[0].upsert([
        Point(
            id=str(UUID(int=number)),
            payload={"kind": "passage"},
            dense=random.standard_normal(384).astype(np.float32),
        )
        for number in range(1, 301)
    ])
    for source, target in zip(shards, shards[1:], strict=False):
        copying = ShardCopy(source, target)
        assert copying.compare()
        copying.extend(300)
    assert ShardCopy(shards[0], shards[-1]).compare()
    for shard in shards:
        shard.close()
