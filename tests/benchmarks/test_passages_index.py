"""The benchmark's index in memory ranks as the product does over a store."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from benchmarks.passages_data import Asked, Span
from benchmarks.passages_index import Cut, Legs, Words
from core.backends.memory_embedder import HashingEmbedder, WordCounter
from core.backends.memory_store import MemoryStore
from core.identity import IndexIdentity
from core.lexical import LexicalEncoder
from core.passage_encoder import TokenPassageEncoder
from core.types import Article
from indexing.chunking import Chunker
from indexing.pipeline import IndexingPipeline
from indexing.shape import PassageShape
from retrieval.archive import Archive
from retrieval.cohort import Cohort
from retrieval.parameters import RankingParameters
from retrieval.query import GroupBy, SearchMode, SearchQuery
from retrieval.search import Searcher
from tests.retrieval.plain_cohort import plain_cohort

SUBJECTS = {
    "ar": ["الميناء", "المعاهدة", "البرلمان", "المنتخب", "المصرف", "المطار", "الجفاف"],
    "en": ["the port", "the treaty", "parliament", "the team", "the bank", "the airport"],
}
SENTENCES = {
    "ar": "أعلن المتحدث يوم الاثنين رقم {n} أن {subject} سيشهد تغييرات كبيرة هذا العام. ",
    "en": "The spokesman said on Monday {n} that {subject} would see great changes this year. ",
}
ARTICLES = {
    f"{language}-{number}": Article(
        id=f"{language}-{number}",
        title=f"{subject} {number}",
        body="".join(
            SENTENCES[language].format(subject=subject, n=f"{number}{n}") for n in range(30)
        ).strip(),
        language=language,
    )
    for language, subjects in SUBJECTS.items()
    for number, subject in enumerate(subjects)
}
TOPICS = [
    Asked(id="1", group="x", text="ماذا قال المتحدث عن الميناء؟", language="ar", relevant={}),
    Asked(id="2", group="x", text="متى يشهد البرلمان تغييرات؟", language="ar", relevant={}),
    Asked(
        id="3",
        group="x",
        text="What did the spokesman say about the airport?",
        language="en",
        relevant={},
    ),
]
EMBEDDER = HashingEmbedder()


def cohort() -> Cohort:
    return plain_cohort(["ar", "en"], dimension=EMBEDDER.identity.dimension)


def chunker(shape: PassageShape) -> Chunker:
    return Chunker(WordCounter(), embedder=EMBEDDER.identity, shape=shape)


@pytest.mark.anyio
@pytest.mark.parametrize("mode", [SearchMode.HYBRID, SearchMode.DENSE])
@pytest.mark.parametrize(
    "shape",
    [PassageShape(), PassageShape(most_tokens=96, overlap_tokens=30, lexical_context=())],
    ids=["default", "small-overlapping"],
)
async def test_articles_come_in_the_order_of_the_product(
    shape: PassageShape, mode: SearchMode
) -> None:
    lexical = LexicalEncoder()
    identity = IndexIdentity(
        embedder=EMBEDDER.identity, chunker="c", normaliser="n", lexical="l", tokens="t"
    )
    store = MemoryStore(identity)
    pipeline = IndexingPipeline(
        encoder=TokenPassageEncoder(EMBEDDER, cohort().codec),
        chunker=chunker(shape),
        lexical=lexical,
        store=store,
    )
    for article in ARTICLES.values():
        await pipeline.put(article)
    searcher = Searcher(
        embedder=EMBEDDER,
        store=store,
        lexical=lexical,
        codec=cohort().codec,
        archive=Archive(store, cohort()),
        parameters=RankingParameters(token_depth=0),
        now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    )
    cut = Cut.of(ARTICLES, chunker(shape))
    legs = Legs(
        cut,
        vectors=await EMBEDDER.embed_passages(cut.texts),
        words=Words(cut, lexical),
        cohort=cohort(),
    )

    queries = await EMBEDDER.embed_queries([topic.text for topic in TOPICS])
    ranking = legs.rank(TOPICS, queries, mode=mode)

    for topic in TOPICS:
        asked = SearchQuery(text=topic.text, limit=100, mode=mode, group_by=GroupBy.ARTICLE)
        hits = (await searcher.search(asked)).hits
        assert list(ranking[topic.id]) == [hit.header.id for hit in hits]
        assert list(ranking[topic.id].values()) == [1 / hit.rank for hit in hits]


def test_a_passage_holds_an_answer_from_end_to_end_or_not() -> None:
    cut = Cut.of({"ar-0": ARTICLES["ar-0"]}, chunker(PassageShape(most_tokens=96)))
    first, second, *_ = cut.passages
    inside = Span(article_id="ar-0", start=first.start, end=first.end)
    across = Span(article_id="ar-0", start=first.end - 5, end=second.start + 5)

    def shares(*spans: Span) -> dict[str, float]:
        topics = [replace(TOPICS[0], spans=(span,)) for span in spans]
        return cut.whole_shares([*topics, TOPICS[2]])

    assert shares(inside) == {"x": 1.0}
    assert shares(inside, across) == {"x": 0.5}
    assert shares(replace(inside, article_id="ar-1")) == {"x": 0.0}
    assert shares() == {}
