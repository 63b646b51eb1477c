"""The serving embedder gives what the inner one gives, gathers, takes turns and remembers."""

import anyio
import anyio.lowlevel
import numpy as np
import pytest

from core.backends.memory_embedder import HashingEmbedder
from core.backends.pass_line import MAX_PASS_CHARS, MAX_PASS_TEXTS
from tests.core.backends.gated_embedder import TEXTS, Gate, serving, settle

pytestmark = pytest.mark.anyio


@pytest.fixture
def inner() -> Gate:
    return Gate()


async def test_it_gives_what_the_inner_embedder_gives_in_order(inner: Gate) -> None:
    inner.open.set()
    plain = HashingEmbedder(dimension=32)
    texts = TEXTS * 30
    async with serving(inner) as embedder:
        assert embedder.identity == inner.identity
        np.testing.assert_array_equal(
            await embedder.embed_queries(texts), await plain.embed_queries(texts)
        )
        np.testing.assert_array_equal(
            await embedder.embed_passages(texts), await plain.embed_passages(texts)
        )
        for given, wanted in (
            (await embedder.embed_query_tokens(texts), await plain.embed_query_tokens(texts)),
            (await embedder.embed_passage_tokens(texts), await plain.embed_passage_tokens(texts)),
        ):
            assert len(given) == len(wanted)
            for one, other in zip(given, wanted, strict=True):
                np.testing.assert_array_equal(one.pooled, other.pooled)
                np.testing.assert_array_equal(one.tokens, other.tokens)


async def test_no_texts_give_no_rows_and_no_pass(inner: Gate) -> None:
    async with serving(inner) as embedder:
        assert (await embedder.embed_queries([])).shape == (0, 32)
        assert (await embedder.embed_passages([])).shape == (0, 32)
        assert await embedder.embed_query_tokens([]) == []
        assert await embedder.embed_passage_tokens([]) == []
    assert inner.passes == []


async def test_questions_that_come_during_a_pass_go_together_in_order_of_arrival(
    inner: Gate,
) -> None:
    async with serving(inner) as embedder, anyio.create_task_group() as tasks:
        for text in TEXTS:
            tasks.start_soon(embedder.embed_queries, [text])
            await settle()
        assert inner.passes == [("questions", TEXTS[:1])]
        inner.open.set()
    assert inner.passes == [("questions", TEXTS[:1]), ("questions", TEXTS[1:])]
    assert inner.most_at_once == 1


async def test_a_pass_is_bounded_and_the_rest_comes_in_the_next(inner: Gate) -> None:
    questions = [f"سؤال {number}" for number in range(2 * MAX_PASS_TEXTS + 6)]
    async with serving(inner) as embedder, anyio.create_task_group() as tasks:
        for text in questions:
            tasks.start_soon(embedder.embed_queries, [text])
            await settle()
        inner.open.set()
    assert [len(texts) for _, texts in inner.passes] == [1, MAX_PASS_TEXTS, MAX_PASS_TEXTS, 5]
    assert [text for _, texts in inner.passes for text in texts] == questions


async def test_a_question_waits_for_one_slice_of_a_long_call_at_most(inner: Gate) -> None:
    passages = ["新" * (MAX_PASS_CHARS // 2)] * 20
    async with serving(inner) as embedder, anyio.create_task_group() as tasks:
        tasks.start_soon(embedder.embed_passages, passages)
        tasks.start_soon(embedder.embed_passage_tokens, passages)
        await settle()
        for text in TEXTS:
            tasks.start_soon(embedder.embed_queries, [text])
        await settle()
        inner.open.set()
    kinds = [kind for kind, _ in inner.passes]
    assert kinds[:4] == ["sentences", "questions", "passages", "sentences"]
    assert (kinds.count("passages"), kinds.count("sentences")) == (10, 10)


async def test_a_stream_of_questions_does_not_starve_passages(inner: Gate) -> None:
    inner.open.set()
    async with serving(inner) as embedder, anyio.create_task_group() as tasks:

        async def ask_for_ever(name: str) -> None:
            number = 0
            while True:
                number += 1
                await embedder.embed_queries([f"{name} {number}"])
                await anyio.lowlevel.checkpoint()

        for name in TEXTS:
            tasks.start_soon(ask_for_ever, name)
        await settle()
        rows = await embedder.embed_passages(TEXTS)
        tasks.cancel_scope.cancel()
    assert rows.shape == (len(TEXTS), 32)


async def test_sentences_of_several_callers_share_a_pass(inner: Gate) -> None:
    async with serving(inner) as embedder, anyio.create_task_group() as tasks:
        tasks.start_soon(embedder.embed_queries, ["held"])
        await settle()
        for text in TEXTS:
            tasks.start_soon(embedder.embed_passage_tokens, [text, f"{text} 2"])
            await settle()
        inner.open.set()
    assert inner.passes[1][0] == "sentences"
    assert len(inner.passes[1][1]) == 2 * len(TEXTS)


async def test_the_same_question_is_read_once_however_many_ask_it(inner: Gate) -> None:
    async with serving(inner) as embedder, anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(embedder.embed_query_tokens, [TEXTS[0]])
        await settle()
        inner.open.set()
        await settle()
        again = await embedder.embed_query_tokens([TEXTS[0], TEXTS[0]])
        figures = embedder.figures()
    assert inner.passes == [("questions", TEXTS[:1])]
    assert (figures.misses, figures.hits, figures.cached) == (1, 6, 1)
    assert (figures.batches, figures.batch_texts) == (1, 1)
    with pytest.raises(ValueError, match="read-only"):
        again[0].pooled[0] = 1.0


async def test_the_cache_forgets_the_least_recently_asked(inner: Gate) -> None:
    inner.open.set()
    async with serving(inner, cache_bytes=2 * 1200) as embedder:
        for text in ("اول", "دوم", "اول", "سوم", "اول", "دوم"):
            await embedder.embed_queries([text])
        figures = embedder.figures()
    assert [texts for _, texts in inner.passes] == [["اول"], ["دوم"], ["سوم"], ["دوم"]]
    assert (figures.hits, figures.misses, figures.cached) == (2, 4, 2)
    assert 0 < figures.cached_bytes <= 2 * 1200
