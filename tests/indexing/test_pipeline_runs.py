"""Runs over many articles: what they write and report."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from core.backends.memory_embedder import WordCounter
from core.lexical import LexicalEncoder
from core.types import EmbeddedArticle
from indexing.chunking import Chunker
from indexing.pipeline import SLICE_PASSAGES
from indexing.run import GROUP_PASSAGES
from indexing.sources import Position, Rejection, SkippedFile, SourceArticle, SourceItem
from tests.indexing.desk import Desk, article, item

pytestmark = pytest.mark.anyio


async def test_a_run_reports_what_became_of_everything(desk: Desk) -> None:
    await desk.pipeline.put(article(1))
    await desk.pipeline.put(article(2))

    report = await desk.run(
        item(article(1)),
        item(article(2, extra="وأضاف."), keys=("titel",)),
        Rejection(source="a.jsonl:9", reason="broken JSON"),
        item(article(3), keys=("titel", "layout")),
        item(replace(article(4), body="Share")),
        SkippedFile(source="x.pdf", suffix=".pdf"),
        item(article(5, sentences=1)),
    )

    contents = await desk.contents()
    passages = sum(len(contents[f"خبر/{number}"][2]) for number in (2, 3, 5))
    assert report == {
        "indexed": 2,
        "updated": 1,
        "unchanged": 1,
        "rejected": [
            {"source": "a.jsonl:9", "reason": "broken JSON"},
            {
                "source": "a.jsonl:خبر/4",
                "reason": "body holds nothing but boilerplate such as 'Share' or 'Read also'",
            },
        ],
        "passages": passages,
        "seconds": 0.0,
        "notices": [
            "unknown key 'titel' ignored in 2 articles, first at a.jsonl:خبر/2: "
            "did you mean 'title'?",
            "unknown key 'layout' ignored in 1 article, first at a.jsonl:خبر/3",
            "files of other types left aside: 1 (.pdf 1); "
            "Sanad reads .txt .md .json .jsonl .ndjson, each also with .gz",
        ],
    }


async def test_a_second_run_changes_nothing(desk: Desk) -> None:
    items = [item(article(number)) for number in range(100)]
    await desk.run(*items)
    before = await desk.contents()
    calls = len(desk.embedder.calls)

    report = await desk.run(*items)

    assert (report["indexed"], report["updated"], report["unchanged"]) == (0, 0, 100)
    assert await desk.contents() == before
    assert len(desk.embedder.calls) == calls


async def test_the_same_id_twice_in_a_run_is_indexed_once(desk: Desk) -> None:
    report = await desk.run(item(article(1)), item(article(2)), item(article(1)))

    assert (report["indexed"], report["unchanged"]) == (2, 1)


async def test_nothing_to_read_gives_an_empty_report(desk: Desk) -> None:
    assert (await desk.run())["indexed"] == 0


async def test_rejections_alone_are_reported(desk: Desk) -> None:
    rejected = Rejection(source="a:1", reason="x")

    assert (await desk.run(rejected))["rejected"] == [{"source": "a:1", "reason": "x"}]


async def test_passages_of_several_articles_are_embedded_together(desk: Desk) -> None:
    await desk.run(*(item(article(number, sentences=2)) for number in range(150)))

    assert max(desk.embedder.calls) >= GROUP_PASSAGES
    assert len(desk.embedder.calls) <= 5


async def test_a_very_long_article_is_embedded_in_slices_and_written_whole(desk: Desk) -> None:
    report = await desk.run(item(article(1, sentences=6_000)))

    assert isinstance(report["passages"], int)
    assert report["passages"] > 3 * SLICE_PASSAGES
    assert len(desk.embedder.calls) > 1
    assert max(desk.embedder.calls) <= SLICE_PASSAGES
    assert desk.store.writes == 1
    embedded = [progress.passages_embedded for progress in desk.progress]
    assert embedded == sorted(embedded)
    assert embedded[0] < embedded[-1] == report["passages"]


async def test_each_passage_gets_its_own_vector(desk: Desk) -> None:
    written: list[EmbeddedArticle] = []
    replace_articles = desk.store.replace_articles

    async def noting(articles: Sequence[EmbeddedArticle]) -> None:
        written.extend(articles)
        await replace_articles(articles)

    desk.store.replace_articles = noting  # type: ignore[method-assign]  # a tap on the real one
    await desk.run(*(item(article(number)) for number in range(3)))

    chunker = Chunker(WordCounter(), embedder=desk.embedder.identity)
    for each in written:
        for part in each.passages:
            text = chunker.embedding_text(each.stored.article, part.passage)
            alone = await desk.embedder.embed_passages([text])
            np.testing.assert_array_equal(part.dense, alone[0])
            assert part.lexical == LexicalEncoder().encode_passage(text, language="ar")


async def test_progress_tells_place_and_counts(desk: Desk) -> None:
    await desk.run(Rejection(source="a:1", reason="x"), item(article(1)), item(article(2)))

    last = desk.progress[-1]
    assert (last.articles, last.file, last.bytes_read, last.bytes_total) == (3, "a.jsonl", 100, 200)
    assert last.report.indexed == 2
    assert [progress.articles for progress in desk.progress] == sorted(
        progress.articles for progress in desk.progress
    )


async def test_progress_never_goes_back(desk: Desk) -> None:
    def at(number: int) -> SourceArticle:
        position = Position(file="a", bytes_read=number, bytes_total=300)
        return replace(item(article(number, sentences=30)), position=position)

    await desk.run(*(at(number) for number in range(300)))

    places = [progress.bytes_read for progress in desk.progress]
    assert places == sorted(places)
    assert places[-1] == 299
    assert len(set(places)) > 10


async def test_rejections_are_reported_in_the_order_of_reading(desk: Desk) -> None:
    items: list[SourceItem] = []
    for number in range(150):
        bad = replace(article(number), body="Share") if number % 3 == 0 else article(number)
        items.append(item(bad))
        if number % 5 == 0:
            items.append(Rejection(source=f"a.jsonl:x{number:03}", reason="broken JSON"))

    rejected = (await desk.run(*items))["rejected"]

    assert isinstance(rejected, list)
    of_articles = [each["source"] for each in rejected if "x" not in each["source"]]
    others = [each["source"] for each in rejected if "x" in each["source"]]
    assert of_articles == [f"a.jsonl:خبر/{number}" for number in range(0, 150, 3)]
    assert others == sorted(others)
    assert len(others) == 30
