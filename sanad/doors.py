"""Search and answers for the command: from a running server if one owns the index, else here."""

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import anyio

from api.exports.cited import cited
from api.exports.formats import written
from api.schemas.answers import AnswerIn, AnswerOut
from api.schemas.citations import CitationsIn
from api.schemas.search import SearchIn, SearchOut
from core.settings import Settings
from retrieval.query import Question, SearchQuery
from sanad.session import stderr_report

if TYPE_CHECKING:
    from sanad.client import Sanad


def ask_archive(settings: Settings, body: dict[str, object]) -> AnswerOut:
    """The answer to the wire request `body`."""
    question = AnswerIn.model_validate(body).to_question()
    server = running_server(settings)
    if server is None:
        return anyio.run(partial(_ask, settings, question))
    with server:
        return server.answer(
            question.text,
            where=question.where,
            answer_language=question.answer_language,
            max_sentences=question.max_sentences,
            history=question.history,
        )


def search_archive(settings: Settings, body: dict[str, object]) -> SearchOut:
    """The results of the wire request `body`."""
    request = SearchIn.model_validate(body)
    query = request.to_query()
    server = running_server(settings)
    if server is None:
        return anyio.run(partial(_search, settings, query, explain=request.explain))
    with server:
        return server.search(
            query.text,
            limit=query.limit,
            offset=query.offset,
            cursor=request.cursor,
            where=query.where,
            mode=query.mode,
            group_by=query.group_by,
            explain=request.explain,
        )


def export_citations(settings: Settings, body: dict[str, object]) -> str:
    """The bibliography that the wire request `body` asks for."""
    request = CitationsIn.model_validate(body)
    server = running_server(settings)
    if server is None:
        return anyio.run(partial(_export, settings, request))
    places = [(one.article_id, one.start, one.end) for one in request.citations]
    with server:
        return server.export_citations(places, form=request.format.value)


def running_server(settings: Settings) -> "Sanad | None":
    """The server that owns the index, if one runs; to be closed."""
    from core.backends.edge_lock import read_lock_holder  # noqa: PLC0415

    if settings.store != "edge":
        return None
    holder = read_lock_holder(settings.data_dir)
    if holder is None or holder.url is None:
        return None
    from sanad.access.local_key import read_local_key  # noqa: PLC0415
    from sanad.client import Sanad  # noqa: PLC0415  # httpx: only where a server runs

    return Sanad(holder.url, api_key=settings.key or read_local_key(settings.data_dir))


async def _ask(settings: Settings, question: Question) -> AnswerOut:
    from sanad.answering import open_answerer  # noqa: PLC0415
    from sanad.composition import open_index, open_models, open_reader  # noqa: PLC0415

    models = await open_models(settings, report=stderr_report)
    async with open_index(settings, models, command="sanad ask", create=False) as store:
        reader = await open_reader(settings, models, store, report=stderr_report)
        async with open_answerer(settings, reader) as answerer:
            return AnswerOut.from_answer(await answerer.answer(question))


async def _export(settings: Settings, request: CitationsIn) -> str:
    from core.backends.storage import open_store  # noqa: PLC0415

    now = datetime.now(tz=UTC)
    places = [citation.to_place() for citation in request.citations]
    async with open_store(settings, identity=None, command="sanad ask", create=False) as store:
        citations = await cited(places, articles=store, now=now)
    return written(citations, form=request.format, accessed=now.date())


async def _search(settings: Settings, query: SearchQuery, *, explain: bool) -> SearchOut:
    from sanad.composition import open_index, open_models, open_reader  # noqa: PLC0415

    models = await open_models(settings, report=stderr_report)
    async with open_index(settings, models, command="sanad search", create=False) as store:
        reader = await open_reader(settings, models, store, report=stderr_report)
        results = await reader.searcher.search(query)
        return SearchOut.from_results(results, query=query, explain=explain)
