"""What happens at the same time, and what must not."""

from collections.abc import Iterator, Sequence

import anyio
import pytest

from core.ports import Verdict
from core.types import Article, EmbeddedArticle
from indexing.batches import MAX_ARTICLES
from indexing.report import Progress
from indexing.run import BATCHES_AT_A_TIME
from indexing.sources import SourceItem
from tests.indexing.desk import Desk, article, item

pytestmark = pytest.mark.anyio


async def test_a_batch_is_embedded_while_the_one_before_is_written(desk: Desk) -> None:
    embedded_again = anyio.Event()
    replace_articles = desk.store.replace_articles

    async def waiting(articles: Sequence[EmbeddedArticle]) -> None:
        if desk.store.writes == 0:
            desk.embedder.hook = embedded_again.set
            with anyio.fail_after(10):
                await embedded_again.wait()
        await replace_articles(articles)

    desk.store.replace_articles = waiting  # type: ignore[method-assign]  # a tap on the real one
    report = await desk.run(*(item(article(number, sentences=2)) for number in range(100)))

    assert report["indexed"] == 100


async def test_two_batches_are_under_way_at_most(desk: Desk) -> None:
    read: list[int] = []
    most = 0

    def items() -> Iterator[SourceItem]:
        for number in range(400):
            read.append(number)
            yield item(article(number, sentences=2))

    def count(progress: Progress) -> None:
        nonlocal most
        most = max(most, len(read) - progress.report.indexed)

    await desk.pipeline.run(items(), on_progress=count)

    # One more is held by the reader where a batch ends before an id that it holds.
    assert MAX_ARTICLES < most <= BATCHES_AT_A_TIME * MAX_ARTICLES + 1


async def test_an_article_that_comes_again_in_the_next_batch_replaces_its_former_self(
    desk: Desk,
) -> None:
    fillers = [item(article(number)) for number in range(1, 64)]

    report = await desk.run(item(article(0)), *fillers, item(article(0, extra="وأضاف.")))

    assert (report["indexed"], report["updated"]) == (64, 1)
    stored = await desk.store.get_article("خبر/0")
    assert stored is not None
    assert stored.version == 2
    assert stored.article.body.endswith("وأضاف.")


async def test_two_writers_of_one_article_come_one_after_the_other(desk: Desk) -> None:
    verdicts: list[Verdict] = []

    async def put(given: Article) -> None:
        verdicts.append(await desk.pipeline.put(given))

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(put, article(1))
        for number in range(5):
            group.start_soon(put, article(2, extra=f"وأضاف {number}."))

    assert (
        sorted(verdicts) == [Verdict.INDEXED] * 2 + [Verdict.UNCHANGED] * 4 + [Verdict.UPDATED] * 4
    )
    versions = {key: version for key, (_, version, _) in (await desk.contents()).items()}
    assert versions == {"خبر/1": 1, "خبر/2": 5}


async def test_a_put_and_a_run_on_one_article_do_not_mix(desk: Desk) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(desk.run, *(item(article(number)) for number in range(20)))
        for number in range(20):
            group.start_soon(desk.pipeline.put, article(number, extra="وأضاف."))

    contents = await desk.contents()
    assert len(contents) == 20
    assert {version for _, version, _ in contents.values()} == {2}


async def test_putting_does_not_hold_up_the_event_loop(desk: Desk) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await anyio.sleep(0.01)
            ticks += 1

    async with anyio.create_task_group() as group:
        group.start_soon(tick)
        await desk.pipeline.put(article(1, sentences=4_000))
        group.cancel_scope.cancel()

    assert ticks >= 5
