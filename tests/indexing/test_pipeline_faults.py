"""Runs that are killed, cancelled or fail: nothing is lost or doubled."""

import threading
from collections.abc import Iterator, Sequence

import anyio
import pytest

from core.errors import EmbedderUnavailable, StoreUnavailable
from core.types import EmbeddedArticle
from indexing.sources import SourceItem
from tests.indexing.desk import Desk, article, item

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("dies_in", [1, 2, 3])
@pytest.mark.parametrize("survives", [-1, 0, 3])
async def test_a_run_killed_in_any_write_is_mended_by_another(dies_in: int, survives: int) -> None:
    items = [item(article(number, sentences=30)) for number in range(70)]
    whole = Desk()
    await whole.run(*items)
    desk = Desk()
    desk.store.dies_in, desk.store.survives = dies_in, survives

    with pytest.raises(StoreUnavailable):
        await desk.run(*items)
    durable = desk.progress[-1].report.indexed if desk.progress else 0
    again = Desk(desk.store)
    report = await again.run(*items)

    assert durable <= report["unchanged"]  # type: ignore[operator]  # a number
    assert await again.contents() == await whole.contents()


@pytest.mark.parametrize("fails_on", [1, 2, 4])
async def test_a_failing_embedder_stops_the_run_and_loses_nothing(
    desk: Desk, fails_on: int
) -> None:
    items = [item(article(number, sentences=30)) for number in range(70)]
    desk.embedder.fails_on = fails_on

    with pytest.raises(EmbedderUnavailable):
        await desk.run(*items)

    done = await desk.contents()
    reported = desk.progress[-1].report.indexed if desk.progress else 0
    assert len(done) == reported
    report = await desk.run(*items)
    assert (report["unchanged"], report["indexed"]) == (reported, 70 - reported)


async def test_a_cancelled_run_has_reported_exactly_what_is_durable(desk: Desk) -> None:
    items = [item(article(number, sentences=30)) for number in range(70)]
    with anyio.CancelScope() as scope:
        desk.embedder.hook = lambda: scope.cancel() if len(desk.embedder.calls) == 3 else None
        await desk.run(*items)

    assert scope.cancelled_caught
    assert 0 < len(await desk.contents()) < 70
    assert desk.progress[-1].report.indexed == len(await desk.contents())


async def test_a_run_can_be_cancelled_while_its_source_is_silent(desk: Desk) -> None:
    silence = threading.Event()

    def items() -> Iterator[SourceItem]:
        silence.wait(30)
        yield item(article(1))

    with anyio.move_on_after(0.1) as scope:
        await desk.pipeline.run(items(), on_progress=desk.progress.append)
    silence.set()

    assert scope.cancelled_caught


async def test_a_broken_source_stops_the_run_after_what_is_durable(desk: Desk) -> None:
    def items() -> Iterator[SourceItem]:
        for number in range(64):
            yield item(article(number))
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        await desk.pipeline.run(items(), on_progress=desk.progress.append)

    assert len(await desk.contents()) == desk.progress[-1].report.indexed == 64


async def test_a_write_that_fails_while_the_next_batch_is_embedded_is_raised_as_it_is(
    desk: Desk,
) -> None:
    begun = anyio.Event()

    async def failing(_articles: Sequence[EmbeddedArticle]) -> None:
        desk.embedder.hook = begun.set
        with anyio.fail_after(10):
            await begun.wait()
        raise StoreUnavailable("the disk is full: free some space")

    desk.store.replace_articles = failing  # type: ignore[method-assign]  # the real one cannot
    with pytest.raises(StoreUnavailable, match="the disk is full"):
        await desk.run(*(item(article(number, sentences=2)) for number in range(200)))

    assert await desk.contents() == {}
