"""Citations are sliced anew, and words that are no quotes are told apart."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from core.backends.memory_embedder import HashingEmbedder
from core.backends.memory_store import MemoryStore
from core.identity import IndexIdentity
from core.types import AnswerStatus, Article, Citation, EmbeddedArticle, StoredArticle, Support
from eval.answers.checking import check_citations, holds_answer, own_language
from eval.collection import GoldQuote
from tests.eval.answers.answered import BODY, FIRST, GOLD, SECOND, answer, citation

pytestmark = pytest.mark.anyio


@pytest.fixture
async def articles() -> MemoryStore:
    """A store that holds the article "treaty"."""
    embedder = HashingEmbedder().identity
    store = MemoryStore(
        IndexIdentity(embedder=embedder, chunker="c", normaliser="n", lexical="l", tokens="t")
    )
    article = Article(id="treaty", title="المعاهدة", body=BODY, language="ar")
    stored = StoredArticle(article=article, content_hash="h", version=1, passage_count=0)
    await store.replace_articles([EmbeddedArticle(stored=stored, passages=())])
    return store


@pytest.mark.parametrize(
    ("given", "resolves", "is_exact"),
    [
        (citation(FIRST), True, True),
        (citation("🤝 شراكة"), True, True),  # beyond the basic plane: one code point
        (citation(SECOND, start=BODY.index(SECOND) + 1), False, False),  # beyond the end
        (citation("معاهدة", start=0), True, False),
        (citation("شراكة".replace("ة", "ه"), start=BODY.index("شراكة")), True, False),
        (citation(FIRST, article_id="withdrawn since"), False, False),
        (citation("", start=3), False, False),
        (replace(citation("معاهدة"), prefix="يانغ ", suffix=" 🤝"), True, True),
        (replace(citation("معاهدة"), prefix="يانغ"), True, False),
        (replace(citation("معاهدة"), suffix="🤝"), True, False),
    ],
)
async def test_a_citation_is_sliced_out_of_its_article(
    given: Citation, resolves: bool, is_exact: bool, articles: MemoryStore
) -> None:
    (found,) = await check_citations([given], [], articles=articles)
    assert (found.resolves, found.is_exact) == (resolves, is_exact)


async def test_each_citation_tells_whether_it_holds_the_gold(articles: MemoryStore) -> None:
    found = await check_citations(
        [citation(SECOND), citation(FIRST, number=2)], [GOLD], articles=articles
    )
    assert [(one.number, one.holds_gold) for one in found] == [(1, False), (2, True)]


@pytest.mark.parametrize(
    ("quote", "gold", "holds"),
    [
        ("ب ج", "أ ب ج د", False),  # 3 of 7 characters
        ("ب ج د", "أ ب ج د", True),
        ("ب ج", "ج", True),
        ("ب \n ج", "ب ج", True),  # white space is laid out by the publisher
        ("ب ج", "د", False),
        ("ب ج", "ج د", False),  # half of an answer and something else
    ],
)
def test_a_quote_holds_an_answer_or_is_part_of_one(quote: str, gold: str, holds: bool) -> None:
    given = citation(quote, start=0)
    assert holds_answer(given, [GoldQuote(article_id="treaty", quote=gold)]) is holds
    assert not holds_answer(given, [GoldQuote(article_id="another", quote=gold)])


@pytest.mark.parametrize(
    ("sentences", "language"),
    [
        ([(FIRST, (1,), Support.QUOTED)], ""),
        (
            [(FIRST, (1,), Support.QUOTED), ("The treaty was signed.", (1,), Support.SUPPORTED)],
            "en",
        ),
        ([("وقعت المعاهدة في الشهر الماضي.", (1,), Support.PARTIAL)], "ar"),
    ],
)
def test_own_words_are_those_that_are_not_quoted(
    sentences: Sequence[tuple[str, tuple[int, ...], Support]], language: str
) -> None:
    assert own_language(answer([citation(FIRST)], sentences=sentences)) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("لا يوجد في الأرشيف ما يجيب عن هذا السؤال.", "ar"),
        ("The archive has nothing that answers this question.", "en"),
        ("The archive has nothing that answers this question.\n· اتفاق جديد في الميناء (ar)", "en"),
    ],
)
def test_an_abstention_is_in_its_own_words(text: str, language: str) -> None:
    assert own_language(answer(status=AnswerStatus.ABSTAINED, text=text)) == language
