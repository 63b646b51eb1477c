"""In the serving embedder who leaves, who comes too late and who fails harms nobody else."""

import time
from collections.abc import Sequence

import anyio
import numpy as np
import pytest

from core.backends.memory_embedder import HashingEmbedder
from core.backends.serving_embedder import STUCK_S, ServingEmbedder
from core.errors import EmbedderBusy, EmbedderRejected, EmbedderUnavailable, IndexLocked
from core.types import TokenVectors
from tests.core.backends.gated_embedder import TEXTS, Gate, outcome_of, serving, settle

pytestmark = pytest.mark.anyio


class Short(HashingEmbedder):
    """Loses a row."""

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        return (await super().embed_query_tokens(texts))[1:]


@pytest.fixture
def inner() -> Gate:
    return Gate()


async def test_one_asker_who_leaves_does_not_take_the_answer_from_the_other(inner: Gate) -> None:
    given: dict[str, object] = {}
    async with serving(inner) as embedder, anyio.create_task_group() as tasks:
        tasks.start_soon(embedder.embed_queries, ["held"])
        await settle()
        with anyio.CancelScope() as leaving:
            async with anyio.create_task_group() as first:
                first.start_soon(embedder.embed_query_tokens, [TEXTS[0]])
                await settle()
                tasks.start_soon(
                    outcome_of, lambda: embedder.embed_query_tokens([TEXTS[0]]), given, "second"
                )
                await settle()
                leaving.cancel()
        inner.open.set()
    assert isinstance(given["second"], list)


async def test_a_cancelled_caller_leaves_the_line_and_its_text_is_not_read(inner: Gate) -> None:
    async with serving(inner) as embedder, anyio.create_task_group() as tasks:
        tasks.start_soon(embedder.embed_queries, ["held"])
        await settle()
        async with anyio.create_task_group() as leaving:
            leaving.start_soon(embedder.embed_queries, ["left", "left too"])
            leaving.start_soon(embedder.embed_passage_tokens, ["left, a passage"])
            await settle()
            tasks.start_soon(embedder.embed_queries, [TEXTS[0]])
            await settle()
            assert embedder.figures().waiting == 4
            leaving.cancel_scope.cancel()
        assert embedder.figures().waiting == 1
        inner.open.set()
    assert inner.passes == [("questions", ["held"]), ("questions", [TEXTS[0]])]


async def test_a_caller_cancelled_during_its_pass_does_not_disturb_the_others(
    inner: Gate,
) -> None:
    given: dict[str, object] = {}
    async with serving(inner) as embedder, anyio.create_task_group() as tasks:
        async with anyio.create_task_group() as leaving:
            leaving.start_soon(embedder.embed_queries, ["left"])
            tasks.start_soon(outcome_of, lambda: embedder.embed_queries(["stays"]), given, "stays")
            await settle()
            assert inner.passes == [("questions", ["left", "stays"])]
            leaving.cancel_scope.cancel()
        inner.open.set()
        await settle()
        assert isinstance(given["stays"], np.ndarray)
        # It was read all the same: asked again, it is at hand.
        await embedder.embed_queries(["left"])
    assert len(inner.passes) == 1


async def test_a_full_line_refuses_and_takes_again_once_there_is_room(inner: Gate) -> None:
    async with serving(inner, max_waiting=3) as embedder, anyio.create_task_group() as tasks:
        tasks.start_soon(embedder.embed_queries, ["held"])
        await settle()
        for text in TEXTS[:2]:
            tasks.start_soon(embedder.embed_queries, [text])
        await settle()
        with pytest.raises(EmbedderBusy, match="2 calls wait for the model, at most 3"):
            await embedder.embed_queries(TEXTS[2:4])
        figures = embedder.figures()
        assert (figures.waiting, figures.rejected_busy) == (2, 1)
        inner.open.set()
        await settle()
        assert (await embedder.embed_queries(TEXTS[2:4])).shape == (2, 32)
    assert EmbedderBusy.transient


async def test_a_fault_reaches_the_callers_of_its_batch_and_no_later_one(inner: Gate) -> None:
    given: dict[str, object] = {}
    inner.error = EmbedderUnavailable("not enough memory")
    async with serving(inner) as embedder, anyio.create_task_group() as tasks:
        for text in TEXTS[:3]:
            tasks.start_soon(
                outcome_of, lambda text=text: embedder.embed_queries([text]), given, text
            )
        await settle()
        inner.open.set()
        await settle()
        assert all(isinstance(given[text], EmbedderUnavailable) for text in TEXTS[:3])
        assert len({id(given[text]) for text in TEXTS[:3]}) == 3
        inner.error = None
        assert (await embedder.embed_queries(TEXTS[:1])).shape == (1, 32)


@pytest.mark.parametrize("kind", ["embed_queries", "embed_passage_tokens", "embed_passages"])
async def test_a_bad_text_fails_alone(inner: Gate, kind: str) -> None:
    given: dict[str, object] = {}
    inner.bad = {TEXTS[2]}
    async with serving(inner) as embedder, anyio.create_task_group() as tasks:
        call = getattr(embedder, kind)
        for text in TEXTS:
            tasks.start_soon(outcome_of, lambda text=text: call([text]), given, text)
        await settle()
        inner.open.set()
    failed = [text for text in TEXTS if isinstance(given[text], EmbedderRejected)]
    assert failed == [TEXTS[2]]
    assert len(given) == len(TEXTS)


async def test_texts_of_a_refused_batch_whose_callers_left_are_not_read_again(
    inner: Gate,
) -> None:
    inner.bad = {TEXTS[0]}
    given: dict[str, object] = {}
    async with serving(inner) as embedder, anyio.create_task_group() as tasks:
        async with anyio.create_task_group() as leaving:
            leaving.start_soon(embedder.embed_queries, [TEXTS[1]])
            tasks.start_soon(outcome_of, lambda: embedder.embed_queries([TEXTS[0]]), given, "bad")
            await settle()
            leaving.cancel_scope.cancel()
        inner.open.set()
    assert isinstance(given["bad"], EmbedderRejected)
    assert inner.passes[1:] == [("questions", [TEXTS[0]])]


@pytest.mark.parametrize("broken", ["raises", "loses a row"])
async def test_a_fault_that_nobody_foresaw_is_told_and_the_next_call_is_served(
    inner: Gate, broken: str
) -> None:
    inner.error = ZeroDivisionError("a fault of ours")
    inner.open.set()
    double = inner if broken == "raises" else Short(dimension=32)
    async with serving(double) as embedder:
        for _ in range(2):
            with pytest.raises(EmbedderRejected, match="ZeroDivisionError|0 rows for 1 texts"):
                await embedder.embed_queries([TEXTS[0]])
        assert embedder.figures().cached == 0


async def test_whoever_waits_at_the_end_is_told_and_later_calls_are_refused(inner: Gate) -> None:
    given: dict[str, object] = {}
    async with anyio.create_task_group() as tasks:
        async with serving(inner) as embedder:
            tasks.start_soon(outcome_of, lambda: embedder.embed_queries(["a"]), given, "begun")
            await settle()
            tasks.start_soon(outcome_of, lambda: embedder.embed_queries(["b"]), given, "waits")
            await settle()
        await settle()
        assert isinstance(given["begun"], EmbedderUnavailable)
        assert isinstance(given["waits"], EmbedderUnavailable)
        with pytest.raises(EmbedderUnavailable, match="closing"):
            await embedder.embed_passages(["c"])


async def test_an_error_of_the_block_leaves_it_as_it_was_raised(inner: Gate) -> None:
    error = IndexLocked("process 7 owns the index")
    with pytest.raises(IndexLocked) as raised:
        async with serving(inner):
            raise error
    assert raised.value is error


async def test_it_is_alive_while_its_passes_come_back_and_not_afterwards(inner: Gate) -> None:
    async with serving(inner) as embedder, anyio.create_task_group() as tasks:
        embedder.require_alive()
        tasks.start_soon(embedder.embed_queries, [TEXTS[0]])
        await settle()
        embedder.require_alive()
        with pytest.raises(EmbedderUnavailable, match="has not come back for 60 s"):
            embedder.require_alive(clock=lambda: time.monotonic() + STUCK_S + 1)
        inner.open.set()
    with pytest.raises(EmbedderUnavailable, match="is closed"):
        embedder.require_alive()


async def test_it_is_not_alive_once_its_owner_is_gone(inner: Gate) -> None:
    embedder = ServingEmbedder(inner, max_waiting=1, cache_bytes=0)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(embedder.run)
        await settle()
        embedder.require_alive()
        tasks.cancel_scope.cancel()
    with pytest.raises(EmbedderUnavailable):
        embedder.require_alive()
