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
from sanad.session import stderr_report

if TYPE_CHECKING:
    from sanad.remote import RemoteSanad


def ask_archive(settings: Settings, body: dict[str, object]) -> AnswerOut:
    """The answer to the wire request `body`."""
    server = running_server(settings)
    if server is not None:
        return AnswerOut.model_validate(server.post("/v1/answers", body))
    return anyio.run(partial(_ask, settings, AnswerIn.model_validate(body)))


def search_archive(settings: Settings, body: dict[str, object]) -> SearchOut:
    """The results of the wire request `body`."""
    server = running_server(settings)
    if server is not None:
        return SearchOut.model_validate(server.post("/v1/search", body))
    return anyio.run(partial(_search, settings, SearchIn.model_validate(body)))


def export_citations(settings: Settings, body: dict[str, object]) -> str:
    """The bibliography that the wire request `body` asks for."""
    server = running_server(settings)
    if server is not None:
        return server.post_for_text("/v1/citations/export", body)
    return anyio.run(partial(_export, settings, CitationsIn.model_validate(body)))


def running_server(settings: Settings) -> "RemoteSanad | None":
    """The server that owns the index, if one runs."""
    from core.backends.edge_lock import read_lock_holder  # noqa: PLC0415

    if settings.store != "edge":
        return None
    holder = read_lock_holder(settings.data_dir)
    if holder is None or holder.url is None:
        return None
    from sanad.remote import RemoteSanad  # noqa: PLC0415  # httpx: only where a server runs

    return RemoteSanad(holder.url)


async def _ask(settings: Settings, request: AnswerIn) -> AnswerOut:
    from sanad.answering import open_answerer  # noqa: PLC0415
    from sanad.composition import open_index, open_models, open_reader  # noqa: PLC0415

    question = request.to_question()
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


async def _search(settings: Settings, request: SearchIn) -> SearchOut:
    from sanad.composition import open_index, open_models, open_reader  # noqa: PLC0415

    query = request.to_query()
    models = await open_models(settings, report=stderr_report)
    async with open_index(settings, models, command="sanad search", create=False) as store:
        reader = await open_reader(settings, models, store, report=stderr_report)
        results = await reader.searcher.search(query)
        return SearchOut.from_results(results, query=query, explain=request.explain)
