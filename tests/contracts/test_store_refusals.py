"""What every store refuses, in writing and in searching."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import replace

import numpy as np
import pytest

from core.backends.storage import OpenIndex
from core.errors import StoreRejected
from core.types import (
    ArticleStatus,
    EmbeddedArticle,
    EmbeddedPassage,
    IndexStatus,
    PassageFilter,
    SparseVector,
)
from tests.contracts.legs import (
    ANY,
    search_dense,
    search_lexical,
)
from tests.contracts.store_archive import (
    DIMENSION,
    LARGEST_TERM,
    brief,
    embedded,
    terms,
    unit,
)

pytestmark = pytest.mark.anyio


async def test_k_below_one_is_refused(store: OpenIndex) -> None:
    with pytest.raises(StoreRejected, match="k 0"):
        await search_dense(store, unit(1), where=ANY, k=0)
    with pytest.raises(StoreRejected, match="k -1"):
        await search_lexical(store, terms(1), where=ANY, k=-1)


BAD_VECTORS = [
    (np.ones(DIMENSION - 1, dtype=np.float32) / math.sqrt(DIMENSION - 1), "shape"),
    (np.ones((1, DIMENSION), dtype=np.float32) / math.sqrt(DIMENSION), "shape"),
    (np.full(DIMENSION, np.nan, dtype=np.float32), "finite"),
    (np.full(DIMENSION, np.inf, dtype=np.float32), "finite"),
    (np.zeros(DIMENSION, dtype=np.float32), "length 0"),
    (np.ones(DIMENSION, dtype=np.float32), "length 2.8"),
]


async def test_a_bad_dense_vector_is_refused_in_writing_and_in_searching(
    store: OpenIndex, subtests: pytest.Subtests
) -> None:
    for vector, reason in BAD_VECTORS:
        with subtests.test(vector=vector):
            with pytest.raises(StoreRejected, match=reason):
                await store.replace_articles([
                    embedded(brief("good")),
                    embedded(brief("bad"), dense=[vector]),
                ])
            assert (await store.status()).articles == 0
            with pytest.raises(StoreRejected, match=reason):
                await search_dense(store, vector, where=ANY, k=5)


BAD_TERMS = [
    (SparseVector(indices=(2, 1), values=(1.0, 1.0)), "ascend"),
    (SparseVector(indices=(1, 1), values=(1.0, 1.0)), "unique"),
    (SparseVector(indices=(-1,), values=(1.0,)), "0.."),
    (SparseVector(indices=(LARGEST_TERM + 1,), values=(1.0,)), "0.."),
    (SparseVector(indices=(1,), values=(math.nan,)), "positive"),
    (SparseVector(indices=(1,), values=(math.inf,)), "positive"),
    (SparseVector(indices=(1,), values=(0.0,)), "positive"),
    (SparseVector(indices=(1,), values=(-1.0,)), "positive"),
    (SparseVector(indices=(1, 2), values=(1.0,)), "weights"),
]


async def test_bad_terms_are_refused_in_writing_and_in_searching(
    store: OpenIndex, subtests: pytest.Subtests
) -> None:
    for vector, reason in BAD_TERMS:
        with subtests.test(vector=vector):
            with pytest.raises(StoreRejected, match=reason):
                await store.replace_articles([embedded(brief("bad"), lexical=[vector])])
            assert (await store.status()).articles == 0
            with pytest.raises(StoreRejected, match=reason):
                await search_lexical(store, vector, where=ANY, k=5)


def altered(**changes: object) -> EmbeddedArticle:
    """A good article whose only passage is changed."""
    good = embedded(brief("a"))
    [item] = good.passages
    passage = replace(item.passage, **changes)  # type: ignore[arg-type]  # test shorthand
    bad = EmbeddedPassage(passage=passage, dense=item.dense, lexical=item.lexical)
    return replace(good, passages=(bad,))


def retitled(title: str) -> EmbeddedArticle:
    """A good article whose title is changed."""
    good = embedded(brief("a"))
    article = replace(good.stored.article, title=title)
    return replace(good, stored=replace(good.stored, article=article))


GOOD = embedded(brief("a"))


BAD_BATCHES = [
    ([altered(article_id="other")], "belongs to"),
    ([altered(id="not a uuid")], "UUID"),
    ([altered(id=GOOD.passages[0].passage.id.upper())], "UUID"),
    ([altered(text="مختلق")], "body"),
    ([replace(GOOD, passages=())], "says 1 passages"),
    ([replace(GOOD, stored=replace(GOOD.stored, content_hash=""))], "hash"),
    ([replace(GOOD, stored=replace(GOOD.stored, passage_count=2), passages=GOOD.passages * 2)],
     "one id"),
    ([GOOD, GOOD], "more than once"),
    ([embedded(brief("a", status=ArticleStatus.WITHHELD), spans=[(0, 2)])], "withheld"),
    ([retitled("\ud800")], "surrogate"),
]  # fmt: skip


async def test_a_batch_that_contradicts_itself_is_refused_whole(
    store: OpenIndex, subtests: pytest.Subtests
) -> None:
    for batch, reason in BAD_BATCHES:
        with subtests.test(reason=reason):
            with pytest.raises(StoreRejected, match=reason):
                await store.replace_articles([embedded(brief("innocent")), *batch])
            assert await store.status() == IndexStatus(articles=0, passages=0, languages={})


async def test_a_lone_surrogate_is_refused_wherever_it_is_asked_for(
    store: OpenIndex, subtests: pytest.Subtests
) -> None:
    bad = "\ud800"
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: search_dense(store, unit(1), where=PassageFilter(tags=(bad,)), k=1),
        lambda: search_lexical(store, terms(1), where=PassageFilter(sources=(bad,)), k=1),
        lambda: store.get_article(bad),
        lambda: store.get_passages(bad),
        lambda: store.content_hashes(["a", bad]),
        lambda: store.delete_articles(["a", bad]),
    ]
    for number, call in enumerate(calls):
        with subtests.test(number=number), pytest.raises(StoreRejected, match="surrogate"):
            await call()
