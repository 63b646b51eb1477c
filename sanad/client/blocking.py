"""The client for programs that wait for each reply."""

from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self

from api.schemas.answers import AnswerOut
from api.schemas.articles import ArticleOut, ArticlePassagesOut, ArticlePutOut
from api.schemas.batch import BatchVerdictOut
from api.schemas.feedback import FeedbackTakenOut
from api.schemas.operations import IndexOut
from api.schemas.search import SearchOut, SearchResultOut
from core.feedback import FeedbackVerdict
from core.types import Article, PassageFilter
from retrieval.query import MAX_LIMIT, GroupBy, Question, SearchMode, SearchQuery, Turn
from sanad.client import operations
from sanad.client.batches import batches, publishing_batch
from sanad.client.connection import DEFAULT_URL, TIMEOUT_S
from sanad.client.operations import Call, CitationFormat, Place
from sanad.client.retries import PATIENT, Retries
from sanad.client.streams import EventReader, StreamEvent
from sanad.client.transport import Transport

EVERYTHING = PassageFilter()


class Sanad:
    """A Sanad server. Methods may be called from several threads.

    Every method raises a ClientError (`sanad.client.errors`), and an InputError for what the
    server need not be asked: an empty question, a value out of bounds.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        timeout_s: float = TIMEOUT_S,
        retries: Retries = PATIENT,
    ) -> None:
        """A client of the server at `url`; close it, or use it in a `with` block.

        Args:
            url: As http://127.0.0.1:8000.
            api_key: Goes with every request; default: SANAD_API_KEY.
            timeout_s: Longest silence of the server.
            retries: Which requests are sent again.
        """
        self._transport = Transport(url, api_key=api_key, timeout_s=timeout_s, retries=retries)

    @property
    def url(self) -> str:
        """The server's address, without path, user and password."""
        return self._transport.url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def answer(
        self,
        question: str,
        *,
        where: PassageFilter = EVERYTHING,
        answer_language: str | None = None,
        max_sentences: int = 3,
        history: Sequence[Turn] = (),
    ) -> AnswerOut:
        """The answer to `question`, each sentence with its source, or an abstention.

        Args:
            question: In any language.
            where: Which articles may be quoted.
            answer_language: Of our own words, a BCP 47 tag; default: the question's.
            max_sentences: From 1 to 5.
            history: What was said before, oldest first.
        """
        asked = Question(
            text=question,
            where=where,
            answer_language=answer_language,
            max_sentences=max_sentences,
            history=tuple(history),
        )
        return self._transport.run(operations.asking(asked))

    def stream(
        self,
        question: str,
        *,
        where: PassageFilter = EVERYTHING,
        answer_language: str | None = None,
        max_sentences: int = 3,
        history: Sequence[Turn] = (),
    ) -> Iterator[StreamEvent]:
        """The same answer as it comes; the AnswerOut at the end replaces what came before.

        Leaving the loop early stops the work on the server.
        """
        asked = Question(
            text=question,
            where=where,
            answer_language=answer_language,
            max_sentences=max_sentences,
            history=tuple(history),
        )
        return self._events(operations.streaming(asked))

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        cursor: str | None = None,
        where: PassageFilter = EVERYTHING,
        mode: SearchMode = SearchMode.HYBRID,
        group_by: GroupBy = GroupBy.ARTICLE,
        explain: bool = False,
    ) -> SearchOut:
        """Passages of the archive, best first; none means that nothing fits.

        Args:
            query: In any language.
            limit: From 1 to 100 results.
            offset: Results to skip, up to 1,000.
            cursor: Of the page before, in the place of `offset`: the page that follows it.
            where: Which articles may be found.
            mode: By meaning, by words, or both.
            group_by: The best passage of each article, or every one.
            explain: Whether each result tells why it stands where it stands.
        """
        asked = SearchQuery(
            text=query, limit=limit, offset=offset, where=where, mode=mode, group_by=group_by
        )
        return self._transport.run(operations.searching(asked, explain=explain, cursor=cursor))

    def search_all(
        self,
        query: str,
        *,
        where: PassageFilter = EVERYTHING,
        mode: SearchMode = SearchMode.HYBRID,
        group_by: GroupBy = GroupBy.ARTICLE,
    ) -> Iterator[SearchResultOut]:
        """All results that a server gives, best first, fetched page by page as they are taken."""
        query_of = SearchQuery(
            text=query, limit=MAX_LIMIT, where=where, mode=mode, group_by=group_by
        )
        cursor: str | None = None
        while True:
            page = operations.searching(query_of, explain=False, cursor=cursor)
            found = self._transport.run(page)
            yield from found.results
            cursor = found.cursor
            if cursor is None:
                return

    def get_article(self, article_id: str) -> ArticleOut:
        """The article as indexed; raises NotFound."""
        return self._transport.run(operations.reading(article_id))

    def get_passages(self, article_id: str) -> ArticlePassagesOut:
        """The passages of an article, in order; raises NotFound."""
        return self._transport.run(operations.reading_passages(article_id))

    def put_article(self, article: Article) -> ArticlePutOut:
        """Publish `article`, or replace it; durable and found on return."""
        return self._transport.run(operations.publishing(article))

    def put_articles(self, articles: Iterable[Article]) -> Iterator[BatchVerdictOut]:
        """Publish many articles: a verdict for each, in order, `line` counted from 1.

        `articles` are taken a batch at a time, and no faster than the server indexes. One that is
        rejected harms no other; its verdict has the problem.
        """
        for batch in batches(articles):
            reply = self._transport.run(publishing_batch(batch))
            yield from reply.verdicts
            reply.require_complete(url=self.url)

    def export_articles(self) -> Iterator[bytes]:
        """The whole archive as JSON lines that `sanad index` reads again, as it comes."""
        with self._transport.stream(operations.exporting()) as pieces:
            yield from pieces

    def export_citations(self, places: Iterable[Place], *, form: CitationFormat) -> str:
        """A bibliography of quotes, by article id, start and end; an article has one entry."""
        return self._transport.run(operations.citing(places, form=form))

    def delete_article(self, article_id: str) -> None:
        """Remove an article and all its passages; raises NotFound."""
        self._transport.run(operations.removing(article_id))

    def index(self) -> IndexOut:
        """What the index holds, and what it was built with."""
        return self._transport.run(operations.describing())

    def feedback(
        self,
        answer_id: str,
        verdict: FeedbackVerdict,
        *,
        citation: int | None = None,
        comment: str | None = None,
    ) -> FeedbackTakenOut:
        """Tell what a reader thinks of an answer, or of its citation with that number."""
        return self._transport.run(
            operations.judging(answer_id, verdict, citation=citation, comment=comment)
        )

    def _events(self, call: Call) -> Iterator[StreamEvent]:
        reader = EventReader(url=self.url)
        with self._transport.stream(call) as chunks:
            for chunk in chunks:
                yield from reader.feed(chunk)
        reader.require_whole()
