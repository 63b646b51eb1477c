"""The client for programs that wait for each reply."""

import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Self, TypeVar

import httpx

from api.schemas.answers import AnswerOut
from api.schemas.articles import ArticleOut, ArticlePassagesOut, ArticlePutOut
from api.schemas.operations import IndexOut
from api.schemas.search import SearchOut, SearchResultOut
from core.types import Article, PassageFilter
from retrieval.query import GroupBy, Question, SearchMode, SearchQuery, Turn
from sanad.client import operations
from sanad.client.connection import DEFAULT_URL, TIMEOUT_S, connection_to
from sanad.client.errors import ClientError
from sanad.client.operations import FeedbackVerdict, Operation, question_body
from sanad.client.paging import PAGE, next_offset
from sanad.client.replies import require_success, shown, told_apart
from sanad.client.retries import PATIENT, Retries
from sanad.client.streams import EventReader, StreamEvent

Result = TypeVar("Result")

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
        connection = connection_to(url, api_key=api_key, timeout_s=timeout_s)
        self.url = shown(connection.address)
        self._retries = retries
        self._http = httpx.Client(
            base_url=connection.address,
            timeout=connection.timeout,
            headers=connection.headers,
            trust_env=connection.trust_env,
        )

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
        self._http.close()

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
        return self._run(operations.asking(asked))

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
        return self._events(question_body(asked, stream=True))

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
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
            where: Which articles may be found.
            mode: By meaning, by words, or both.
            group_by: The best passage of each article, or every one.
            explain: Whether each result tells why it stands where it stands.
        """
        asked = SearchQuery(
            text=query, limit=limit, offset=offset, where=where, mode=mode, group_by=group_by
        )
        return self._run(operations.searching(asked, explain=explain))

    def search_all(
        self,
        query: str,
        *,
        where: PassageFilter = EVERYTHING,
        mode: SearchMode = SearchMode.HYBRID,
        group_by: GroupBy = GroupBy.ARTICLE,
    ) -> Iterator[SearchResultOut]:
        """All results that a server gives, best first, fetched page by page as they are taken."""
        offset: int | None = 0
        while offset is not None:
            found = self.search(
                query, limit=PAGE, offset=offset, where=where, mode=mode, group_by=group_by
            )
            yield from found.results
            offset = next_offset(offset, found)

    def get_article(self, article_id: str) -> ArticleOut:
        """The article as indexed; raises NotFound."""
        return self._run(operations.reading(article_id))

    def get_passages(self, article_id: str) -> ArticlePassagesOut:
        """The passages of an article, in order; raises NotFound."""
        return self._run(operations.reading_passages(article_id))

    def put_article(self, article: Article) -> ArticlePutOut:
        """Publish `article`, or replace it; durable and found on return."""
        return self._run(operations.publishing(article))

    def delete_article(self, article_id: str) -> None:
        """Remove an article and all its passages; raises NotFound."""
        self._run(operations.removing(article_id))

    def index(self) -> IndexOut:
        """What the index holds, and what it was built with."""
        return self._run(operations.describing())

    def feedback(
        self,
        answer_id: str,
        verdict: FeedbackVerdict,
        *,
        citation: int | None = None,
        comment: str | None = None,
    ) -> None:
        """Tell what a reader thinks of an answer, or of its citation with that number."""
        self._run(operations.judging(answer_id, verdict, citation=citation, comment=comment))

    def _run(self, operation: Operation[Result]) -> Result:
        def send() -> Result:
            with told_apart(self.url):
                response = self._http.request(
                    operation.method,
                    operation.path,
                    json=operation.body,
                    headers=dict(operation.headers),
                )
            require_success(response)
            return operation.read(response)

        return self._try(send, may_repeat=operation.may_repeat)

    def _events(self, body: operations.Body) -> Iterator[StreamEvent]:
        response = self._try(lambda: self._open_stream(body), may_repeat=True)
        reader = EventReader(url=self.url)
        try:
            with told_apart(self.url):
                for chunk in response.iter_bytes():
                    yield from reader.feed(chunk)
            reader.require_whole()
        finally:
            response.close()

    def _open_stream(self, body: operations.Body) -> httpx.Response:
        with told_apart(self.url):
            request = self._http.build_request("POST", "/v1/answers", json=body)
            response = self._http.send(request, stream=True)
            if not response.is_success:
                response.read()
                response.close()
        require_success(response)
        return response

    def _try(self, send: Callable[[], Result], *, may_repeat: bool) -> Result:
        tried = 0
        while True:
            try:
                return send()
            except ClientError as failure:
                tried += 1
                wait_s = self._retries.wait_s(failure, tried=tried, may_repeat=may_repeat)
                if wait_s is None:
                    raise
            time.sleep(wait_s)
