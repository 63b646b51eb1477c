"""Both clients at the real application, over a real socket."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from api.schemas.answers import AnswerOut
from core.types import Article, ArticleStatus, Correction, PassageFilter
from retrieval.query import GroupBy, SearchMode, Turn
from sanad.client import FeedbackVerdict, NotFound, RequestRefused
from tests.api.archive import Archive
from tests.api.doubles import Says
from tests.api.news import ABSTENTION, ARABIC, ARTICLES, EMOJI
from tests.sanad.client.calls import KINDS, Kind, call, ready

pytestmark = pytest.mark.parametrize("kind", KINDS)

QUESTION = "معاهدة شراكة استراتيجية؟"


@pytest.fixture
def archive() -> Archive:
    return Archive.empty()


@pytest.fixture
def url(archive: Archive) -> Iterator[str]:
    with ready(archive) as url:
        yield url


def test_an_answer_carries_its_sources(kind: Kind, url: str) -> None:
    answer = call(kind, url, "answer", QUESTION, where=PassageFilter(languages=("ar",)))

    assert isinstance(answer, AnswerOut)
    assert answer.citations
    bodies = {article.id: article.body for article in ARTICLES}
    for citation in answer.citations:
        assert citation.quote == bodies[citation.article_id][citation.start : citation.end]


def test_a_streamed_answer_ends_with_the_whole_one(kind: Kind, url: str) -> None:
    events = call(kind, url, "stream", QUESTION)

    names = [type(event).__name__ for event in events]
    assert names == [
        "PassagesOut",
        *["CitationOut", "DeltaOut"] * (len(events) // 2 - 1),
        "AnswerOut",
    ]
    whole = call(kind, url, "answer", QUESTION)
    assert events[-1].model_copy(update={"timing_ms": whole.timing_ms}) == whole
    told = [event.text for event in events if type(event).__name__ == "DeltaOut"]
    assert "".join(told) == whole.text


def test_every_option_of_a_question_reaches_the_server(kind: Kind) -> None:
    archive = Archive.empty()
    archive.answerer = says = Says(ABSTENTION)
    where = PassageFilter(
        published_from=datetime(2024, 6, 19, 8, 30, tzinfo=UTC),
        published_to=datetime(2024, 6, 20, tzinfo=UTC),
        languages=("ar", "zh"),
        sources=("المدار",),
        sections=("world",),
        tags=("دبلوماسية",),
        article_ids=("zh/新闻/4",),
    )
    history = [Turn(role="user", text="من وقّع؟ 🌍"), Turn(role="assistant", text="هو [1]")]
    with ready(archive) as url:
        told = call(
            kind,
            url,
            "answer",
            "ومتى؟",
            where=where,
            answer_language="fr",
            max_sentences=1,
            history=history,
        )

    (asked,) = says.asked
    assert (asked.text, asked.where) == ("ومتى؟", where)
    assert (asked.answer_language, asked.max_sentences) == ("fr", 1)
    assert list(asked.history) == history
    assert (told.status, told.text) == ("abstained", ABSTENTION.text)


def test_results_are_found_filtered_and_explained(kind: Kind, url: str) -> None:
    found = call(
        kind,
        url,
        "search",
        "القمر Sat-7 🚀",
        limit=1,
        where=PassageFilter(sources=("ACME Wire",)),
        mode=SearchMode.LEXICAL,
        group_by=GroupBy.PASSAGE,
        explain=True,
    )
    (result,) = found.results
    assert result.article.source == "ACME Wire"
    assert result.explain.lexical_rank == 1


def port_calls(count: int) -> list[Article]:
    """Articles that hardly differ, in Arabic."""
    return [
        replace(EMOJI, id=f"ميناء {n}", body=f"الميناء رقم {n} استقبل سفينة 🚢.", language="ar")
        for n in range(count)
    ]


def test_all_results_come_page_by_page(kind: Kind, url: str) -> None:
    assert len(call(kind, url, "put_articles", port_calls(120))) == 120
    arabic = PassageFilter(languages=("ar",))
    found = call(kind, url, "search_all", "الميناء سفينة", where=arabic)

    ids = [result.article.id for result in found]
    assert len(ids) == len(set(ids)) == 122
    first = call(kind, url, "search", "الميناء سفينة", where=arabic, limit=3)
    then = call(kind, url, "search", "الميناء سفينة", where=arabic, limit=3, cursor=first.cursor)
    pages = [{result.article.id for result in page.results} for page in (first, then)]
    assert [len(page) for page in pages] == [3, 3]
    assert not pages[0] & pages[1]


def test_many_articles_are_published_with_a_verdict_for_each(kind: Kind, url: str) -> None:
    articles = port_calls(450)
    articles[7] = replace(articles[7], title="")
    articles[300] = replace(articles[300], url="ftp://x")
    verdicts = call(kind, url, "put_articles", iter(articles))

    assert [verdict.line for verdict in verdicts] == list(range(1, 451))
    rejected = [verdict for verdict in verdicts if verdict.verdict == "rejected"]
    assert [verdict.line for verdict in rejected] == [8, 301]
    assert rejected[1].problem.errors[0].pointer == "#/url"
    assert {verdict.verdict for verdict in verdicts} == {"indexed", "rejected"}
    assert call(kind, url, "index").articles == len(ARTICLES) + 448
    again = call(kind, url, "put_articles", articles[:3])
    assert [verdict.verdict for verdict in again] == ["unchanged"] * 3
    assert call(kind, url, "put_articles", []) == []


def test_the_archive_is_exported_as_it_was_published(kind: Kind, url: str) -> None:
    lines = b"".join(call(kind, url, "export_articles")).splitlines()
    records = {record["id"]: record for record in map(json.loads, lines)}
    assert {key: record["body"] for key, record in records.items()} == {
        article.id: article.body for article in ARTICLES
    }


def test_citations_become_a_bibliography(kind: Kind, url: str) -> None:
    answer = call(kind, url, "answer", QUESTION)
    places = [(one.article_id, one.start, one.end) for one in answer.citations]
    told = json.loads(call(kind, url, "export_citations", places, form="csl-json"))
    assert {entry["title"] for entry in told} == {one.title for one in answer.citations}


def test_feedback_is_kept_once(kind: Kind, archive: Archive, url: str) -> None:
    answer = call(kind, url, "answer", QUESTION)
    options = {"citation": 1, "comment": "العدد خطأ 🙁"}
    taken = call(kind, url, "feedback", answer.id, FeedbackVerdict.WRONG, **options)
    assert taken.id


@pytest.mark.parametrize(
    "article_id", ["a", "🚄/passages", "خبر/١؟#&", "a%2Fb", "新闻 4", "a/../b"]
)
def test_an_article_is_published_read_and_removed_under_any_id(
    kind: Kind, url: str, article_id: str
) -> None:
    article = Article(
        id=article_id,
        title="القطار",
        body="انطلق القطار 🚄\u2028من طنجة إلى Casablanca.",
        language="ar",
        url="https://news.example/١",
        published_at=datetime(2025, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        source="المدار",
        authors=("ليلى",),
        tags=("نقل",),
        corrections=(Correction(at=datetime(2025, 2, 1, tzinfo=UTC), text="الدار البيضاء"),),
    )
    assert call(kind, url, "put_article", article).verdict == "indexed"
    assert call(kind, url, "put_article", article).verdict == "unchanged"

    told = call(kind, url, "get_article", article_id)
    assert (told.id, told.body, told.published_at) == (
        article_id,
        article.body,
        article.published_at,
    )
    passages = call(kind, url, "get_passages", article_id)
    assert [passage.text for passage in passages.passages] == [article.body]

    assert call(kind, url, "delete_article", article_id) is None
    for method in ("get_article", "get_passages", "delete_article"):
        with pytest.raises(NotFound, match="no article with the id") as caught:
            call(kind, url, method, article_id)
        assert caught.value.problem.type == "urn:sanad:problem:article-not-found"


def test_a_withheld_article_stays_so(kind: Kind, url: str) -> None:
    held = replace(ARABIC, status=ArticleStatus.WITHHELD)
    assert call(kind, url, "put_article", held).verdict == "updated"
    assert call(kind, url, "get_article", held.id).status is ArticleStatus.WITHHELD


def test_the_index_is_described(kind: Kind, url: str) -> None:
    assert call(kind, url, "index").articles == len(ARTICLES)


def test_a_refusal_says_which_field_and_which_request(kind: Kind, url: str) -> None:
    nameless = replace(ARABIC, url="ftp://news.example")
    with pytest.raises(RequestRefused) as caught:
        call(kind, url, "put_article", nameless)

    problem = caught.value.problem
    assert (problem.status, problem.type) == (422, "urn:sanad:problem:invalid-request")
    assert [field.pointer for field in problem.errors] == ["#/url"]
    assert problem.title == "The request does not fit the schema"
    assert "http" in problem.detail
    assert problem.request_id
    assert problem.retry_after_s is None
