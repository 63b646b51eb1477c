"""Optimising an index: the same passages, found as before."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from core.backends import edge_generations as generations
from core.backends import edge_optimize
from core.backends.edge_graph import Graph, Quantization, read_graph
from core.backends.edge_lock import IndexLock
from core.backends.edge_store import EdgeStore
from core.errors import ConfigError, IndexLocked, StoreUnavailable
from core.types import PassageFilter, Vectors
from tests.contracts.legs import Found, search_dense, search_lexical
from tests.contracts.store_archive import DIMENSION, identity_of, quick_folder, random_unit, terms
from tests.core.backends.optimized_index import (
    ARTICLES,
    FIRST,
    INT8,
    LANGUAGES,
    PLAIN,
    article,
    fill,
    generation_names,
    opened,
    optimized,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def filled(tmp_path: Path) -> AsyncIterator[Path]:
    """The data folder of a closed index of ARTICLES."""
    with quick_folder(tmp_path) as folder:
        await fill(folder)
        yield folder


def same(found: list[Found], expected: list[Found]) -> bool:
    """The same passages in the same order, with scores that differ by rounding only."""
    return [hit.passage for hit in found] == [hit.passage for hit in expected] and np.allclose(
        [hit.score for hit in found], [hit.score for hit in expected], atol=1e-6
    )


FILTERS = [
    PassageFilter(),
    *(PassageFilter(languages=(language,)) for language in LANGUAGES),
    PassageFilter(languages=("ar", "zh")),
    PassageFilter(published_from=FIRST, published_to=FIRST + timedelta(days=20)),
    PassageFilter(languages=("fa",), published_from=FIRST + timedelta(days=80)),
    PassageFilter(article_ids=("خبر-7", "خبر-8")),
    PassageFilter(languages=("xx",)),
]


async def searches(store: EdgeStore) -> list[list[Found]]:
    """Dense and lexical draws of every filter."""
    found = []
    for seed in range(5):
        for where in FILTERS:
            found += [
                await search_dense(store, query(seed), where=where, k=10),
                await search_lexical(store, terms(1, 10 + seed), where=where, k=10),
            ]
    return found


def query(seed: int) -> Vectors:
    return random_unit(-seed % 1000 + 500_000, dimension=DIMENSION)


@pytest.mark.parametrize("graph", [PLAIN, INT8])
async def test_an_optimised_index_answers_every_filter_as_before(
    filled: Path, graph: Graph
) -> None:
    store = opened(filled)
    before = await searches(store)
    status = await store.status()
    store.close()
    report = optimized(filled, graph)
    assert (report.done, report.passages) == (True, ARTICLES)
    assert generation_names(filled) == ["generation-0002"]
    store = opened(filled)
    after = await searches(store)
    assert await store.status() == status
    assert store.identity == identity_of()
    store.close()
    assert all(same(found, expected) for found, expected in zip(after, before, strict=True))
    assert any(before)


async def test_a_second_run_has_nothing_to_do_until_something_is_written(filled: Path) -> None:
    assert optimized(filled).done
    assert not optimized(filled).done
    assert optimized(filled, INT8).done
    assert not optimized(filled, INT8).done
    store = opened(filled)
    await store.replace_articles([article(3, version=2)])
    store.close()
    assert read_graph(next((filled / "index").glob("generation-*")) / "shard") is None
    assert optimized(filled, INT8).done


async def test_what_is_written_after_optimising_is_found_and_what_is_deleted_is_not(
    filled: Path,
) -> None:
    optimized(filled, INT8)
    store = opened(filled)
    fresh = [article(number, version=2) for number in (0, 1, ARTICLES)]
    await store.replace_articles(fresh)
    await store.delete_articles(["خبر-2"])
    for item in fresh:
        [passage] = item.passages
        [best] = await search_dense(store, passage.dense, where=PassageFilter(), k=1)
        assert best.passage == passage.passage
        assert best.score == pytest.approx(1.0, abs=1e-6)
    for gone in (article(0), article(2)):
        [passage] = gone.passages
        found = await search_dense(store, passage.dense, where=PassageFilter(), k=50)
        assert passage.passage.id not in {hit.passage.id for hit in found}
    assert (await store.status()).passages == ARTICLES
    store.close()


async def test_lexical_scores_do_not_depend_on_when_the_index_was_optimised(filled: Path) -> None:
    optimized(filled)
    store = opened(filled)
    await store.replace_articles([article(number, version=2) for number in range(200)])
    changed = await search_lexical(store, terms(10, 105), where=PassageFilter(), k=20)
    store.close()
    optimized(filled)
    store = opened(filled)
    again = await search_lexical(store, terms(10, 105), where=PassageFilter(), k=20)
    store.close()
    assert same(again, changed)


async def test_a_damaged_shard_is_refused_and_kept(filled: Path) -> None:
    config = filled / "index" / "generation-0001" / "shard" / "edge_config.json"
    config.write_bytes(b"garbage")
    with pytest.raises(StoreUnavailable, match="cannot be loaded"):
        optimized(filled)
    assert config.read_bytes() == b"garbage"
    assert generation_names(filled) == ["generation-0001"]


async def test_an_index_in_use_is_refused(filled: Path) -> None:
    lock = IndexLock.acquire(filled / "index", command="sanad serve")
    with pytest.raises(IndexLocked, match="sanad serve"):
        optimized(filled)
    lock.release()


@pytest.mark.parametrize("there", [False, True])
def test_where_there_is_no_index_the_command_to_make_one_is_named(
    tmp_path: Path, there: bool
) -> None:
    if there:
        (tmp_path / "index").mkdir()
    with pytest.raises(ConfigError, match="sanad index PATH"):
        optimized(tmp_path)


async def test_a_disk_without_room_for_a_copy_is_named(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Patched, because only the superuser can make a full disk.
    monkeypatch.setattr(edge_optimize, "ROOM", 10**9)
    with pytest.raises(StoreUnavailable, match=r"MB are needed to optimise a copy"):
        optimized(filled)
    assert generation_names(filled) == ["generation-0001"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"quantization": "int4"}', '{"x": 1}'])
def test_a_record_that_cannot_be_read_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "sanad-graph.json").write_text(content, encoding="utf-8")
    assert read_graph(tmp_path) is None
    assert Graph(quantization=Quantization.INT8) != Graph(quantization=Quantization.NONE)


async def test_the_replaced_generation_is_debris_if_its_removal_was_cut_short(
    filled: Path,
) -> None:
    identity = generations.read_identity(filled / "index" / "generation-0001")
    fresh = generations.new_generation(filled / "index")
    (fresh / "shard").rmdir()
    (filled / "index" / "generation-0001" / "shard").rename(fresh / "shard")
    generations.complete(fresh, identity)
    assert optimized(filled).passages == ARTICLES
    assert generation_names(filled) == ["generation-0003"]
