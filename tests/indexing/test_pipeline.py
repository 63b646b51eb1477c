"""The write path over a store in memory: verdicts, idempotence, faults and kills anywhere."""

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import anyio
import numpy as np
import pytest

from core.backends.memory_embedder import HashingEmbedder, WordCounter
from core.backends.memory_store import MemoryStore
from core.errors import ArticleRejected, EmbedderUnavailable, StoreUnavailable
from core.identity import EmbedderIdentity, IndexIdentity
from core.ids import content_hash, passage_id
from core.lexical import LexicalEncoder
from core.ports import ArticleWriter, Verdict
from core.types import Article, ArticleStatus, Correction, EmbeddedArticle, StoredArticle, Vectors
from indexing.batches import MAX_ARTICLES
from indexing.chunking import Chunker
from indexing.display import NORMALISER
from indexing.pipeline import SLICE_PASSAGES, IndexingPipeline
from indexing.report import Progress
from indexing.run import BATCHES_AT_A_TIME, GROUP_PASSAGES
from indexing.sources import Position, Rejection, SkippedFile, SourceArticle, SourceItem

pytestmark = pytest.mark.anyio

SENTENCE = "وقّعت موسكو وبيونغ يانغ في يونيو 2024 اتفاقية الشراكة الشاملة، بحسب الوكالة رقم {}. "


class CountingEmbedder(HashingEmbedder):
    """Notes what it was asked for; fails or waits on call number `fails_on`."""

    def __init__(self) -> None:
        super().__init__(dimension=16)
        self.calls: list[int] = []
        self.fails_on = math.inf
        self.hook: Callable[[], None] = lambda: None

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(len(texts))
        self.hook()
        if len(self.calls) == self.fails_on:
            raise EmbedderUnavailable("the model does not answer: try again")
        await anyio.lowlevel.checkpoint()
        return await super().embed_passages(texts)


class MortalStore(MemoryStore):
    """Dies in write number `dies_in`, after `survives` of its articles, as a killed process.

    The article being written then is there, but its hash is not known yet.
    """

    def __init__(self, identity: IndexIdentity) -> None:
        super().__init__(identity)
        self.writes = 0
        self.dies_in = math.inf
        self.survives = 0
        self.half_written: set[str] = set()

    async def replace_articles(self, articles: Sequence[EmbeddedArticle]) -> None:
        self.writes += 1
        if self.writes == self.dies_in:
            written = articles[: self.survives + 1]
            self.half_written = {written[-1].stored.article.id} if written else set()
            await super().replace_articles(written)
            raise StoreUnavailable("killed")
        self.half_written -= {each.stored.article.id for each in articles}
        await super().replace_articles(articles)

    async def content_hashes(self, article_ids: object) -> dict[str, str]:
        known = await super().content_hashes(article_ids)  # type: ignore[arg-type]  # as given
        return {key: known[key] for key in known if key not in self.half_written}


def index_identity(embedder: EmbedderIdentity) -> IndexIdentity:
    return IndexIdentity(embedder=embedder, chunker="c", normaliser=NORMALISER, lexical="l")


class Desk:
    """A pipeline and what it works on."""

    def __init__(self, store: MortalStore | None = None) -> None:
        self.embedder = CountingEmbedder()
        self.store = store or MortalStore(index_identity(self.embedder.identity))
        self.progress: list[Progress] = []
        self.pipeline = IndexingPipeline(
            embedder=self.embedder,
            chunker=Chunker(WordCounter(), embedder=self.embedder.identity),
            lexical=LexicalEncoder(),
            store=self.store,
            clock=lambda: 5.0,
        )

    async def run(self, *items: SourceItem) -> dict[str, object]:
        report = await self.pipeline.run(items, on_progress=self.progress.append)
        return report.as_dict()

    async def contents(self) -> dict[str, tuple[str, int, list[str]]]:
        """Hash, version and passage texts of every article."""
        return {
            stored.article.id: (
                stored.content_hash,
                stored.version,
                [p.text for p in await self.store.get_passages(stored.article.id)],
            )
            async for stored in self.store.iterate_articles()
        }


def article(number: int, *, sentences: int = 20, extra: str = "") -> Article:
    body = "".join(SENTENCE.format(f"{number}-{n}") for n in range(sentences)) + extra
    return Article(id=f"خبر/{number}", title=f"عنوان {number}", body=body.strip(), language="ar")


def item(given: Article, *, keys: tuple[str, ...] = ()) -> SourceArticle:
    position = Position(file="a.jsonl", bytes_read=100, bytes_total=200)
    return SourceArticle(
        article=given, source=f"a.jsonl:{given.id}", position=position, ignored_keys=keys
    )


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_it_is_the_article_writer_of_the_ports(desk: Desk) -> None:
    writer: ArticleWriter = desk.pipeline

    assert await writer.put(article(1)) is Verdict.INDEXED


async def test_an_article_is_stored_with_passages_vectors_and_terms(desk: Desk) -> None:
    given = article(1)

    await desk.pipeline.put(given)

    stored = await desk.store.get_article(given.id)
    passages = await desk.store.get_passages(given.id)
    assert stored == StoredArticle(
        article=given,
        content_hash=content_hash(given),
        version=1,
        passage_count=len(passages),
    )
    assert len(passages) > 1
    assert [p.id for p in passages] == [
        passage_id(given.id, order, content_hash(given)) for order in range(len(passages))
    ]
    assert all(given.body[p.start : p.end] == p.text for p in passages)


async def test_putting_again_changes_nothing_and_costs_no_embedding(desk: Desk) -> None:
    await desk.pipeline.put(article(1))
    before = await desk.contents()

    assert await desk.pipeline.put(article(1)) is Verdict.UNCHANGED

    assert await desk.contents() == before
    assert len(desk.embedder.calls) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"title": "عنوان آخر"},
        {"body": "نص آخر تماماً."},
        {"tags": ("سياسة",)},
        {"corrections": (Correction(at=datetime(2024, 1, 1, tzinfo=UTC), text="صُحّح."),)},
    ],
)
async def test_a_change_of_any_field_replaces_the_article_whole(
    desk: Desk, change: dict[str, object]
) -> None:
    await desk.pipeline.put(article(1))
    changed = replace(article(1), **change)  # type: ignore[arg-type]  # fields of Article

    assert await desk.pipeline.put(changed) is Verdict.UPDATED

    stored = await desk.store.get_article(changed.id)
    assert stored is not None
    assert (stored.article, stored.version) == (changed, 2)
    texts = [p.text for p in await desk.store.get_passages(changed.id)]
    assert all(text in changed.body for text in texts)


async def test_other_line_ends_and_a_bom_are_no_change(desk: Desk) -> None:
    given = replace(article(1), body="سطر أول.\nسطر ثان.")
    await desk.pipeline.put(given)

    same = replace(given, body="\ufeffسطر أول.\r\nسطر ثان.", title=" عنوان \n1")

    assert await desk.pipeline.put(same) is Verdict.UNCHANGED


@pytest.mark.parametrize("status", [ArticleStatus.WITHHELD, ArticleStatus.CANCELED])
async def test_a_withdrawn_article_loses_its_passages_and_keeps_its_record(
    desk: Desk, status: ArticleStatus
) -> None:
    await desk.pipeline.put(article(1))

    assert await desk.pipeline.put(replace(article(1), status=status)) is Verdict.UPDATED

    stored = await desk.store.get_article("خبر/1")
    assert stored is not None
    assert (stored.article.status, stored.version, stored.passage_count) == (status, 2, 0)
    assert await desk.store.get_passages("خبر/1") == []
    assert await desk.pipeline.put(article(1)) is Verdict.UPDATED
    assert await desk.store.get_passages("خبر/1") != []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"body": "Share\n\nشاركها."}, "nothing but boilerplate"),
        ({"body": " \u200f\n"}, "body has no visible text"),
        ({"body": "a\x00b"}, "body holds NUL"),
        ({"body": "a\ud800"}, "body holds the lone surrogate"),
        ({"title": "\udfff"}, "title holds the lone surrogate"),
        ({"tags": ("\udfff",)}, "tags holds the lone surrogate"),
        ({"source": "\x00"}, "source holds NUL"),
        ({"id": "a\nb"}, "id 'a\\\\nb' holds a control character"),
        ({"id": ""}, "id has 0 characters"),
    ],
)
async def test_what_cannot_be_indexed_is_refused_and_leaves_nothing(
    desk: Desk, change: dict[str, object], reason: str
) -> None:
    bad = replace(article(1), **change)  # type: ignore[arg-type]  # fields of Article

    with pytest.raises(ArticleRejected, match=reason):
        await desk.pipeline.put(bad)

    assert await desk.contents() == {}


async def test_a_missing_title_is_taken_from_the_body(desk: Desk) -> None:
    await desk.pipeline.put(replace(article(1), title=" ", body="قال الوزير نعم. ثم مضى."))

    stored = await desk.store.get_article("خبر/1")
    assert stored is not None
    assert stored.article.title == "قال الوزير نعم."


async def test_deleting_removes_an_article_once(desk: Desk) -> None:
    await desk.pipeline.put(article(1))

    assert await desk.pipeline.delete("خبر/1") is True
    assert await desk.pipeline.delete("خبر/1") is False
    assert await desk.contents() == {}


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


async def test_progress_never_goes_back(desk: Desk) -> None:
    def at(number: int) -> SourceArticle:
        position = Position(file="a", bytes_read=number, bytes_total=300)
        return replace(item(article(number, sentences=30)), position=position)

    await desk.run(*(at(number) for number in range(300)))

    places = [progress.bytes_read for progress in desk.progress]
    assert places == sorted(places)
    assert places[-1] == 299
    assert len(set(places)) > 10


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


async def test_rewriting_keeps_versions_and_names_what_it_cannot_write(desk: Desk) -> None:
    stored = [
        StoredArticle(article=article(n), content_hash="old", version=n + 1, passage_count=9)
        for n in range(3)
    ]
    refused = replace(stored[1], article=replace(article(1), body="Share"))

    assert await desk.pipeline.rewrite([]) == []

    rejected = await desk.pipeline.rewrite([stored[0], refused, stored[2]])

    assert [each.source for each in rejected] == ["خبر/1"]
    contents = await desk.contents()
    assert {key: version for key, (_, version, _) in contents.items()} == {"خبر/0": 1, "خبر/2": 3}
    assert await desk.pipeline.put(article(2)) is Verdict.UNCHANGED


async def test_progress_tells_place_and_counts(desk: Desk) -> None:
    await desk.run(Rejection(source="a:1", reason="x"), item(article(1)), item(article(2)))

    last = desk.progress[-1]
    assert (last.articles, last.file, last.bytes_read, last.bytes_total) == (3, "a.jsonl", 100, 200)
    assert last.report.indexed == 2
    assert [progress.articles for progress in desk.progress] == sorted(
        progress.articles for progress in desk.progress
    )
