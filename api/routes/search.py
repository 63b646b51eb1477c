"""POST /v1/search."""

from functools import partial
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Header, Response

from api.access.guard import requires
from api.access.scopes import Scope
from api.exports.rows import COLUMNS, as_csv, as_ndjson
from api.json_body import JsonRoute
from api.negotiation import CSV, JSON, NDJSON, preferred
from api.responses import QUERY_PROBLEMS, Responses, documented
from api.schemas.search import SearchIn, SearchOut
from api.services import CurrentServices
from retrieval.query import SearchQuery, SearchResults

router = APIRouter(tags=["read"], route_class=JsonRoute)


CURSOR = "Sanad-Cursor"
"""Header of a response of rows, which have no place for it."""

_ROWS: Responses = {
    200: {
        "content": {
            NDJSON: {
                "schema": {"type": "string", "description": "A SearchResultOut on each line."}
            },
            CSV: {
                "schema": {
                    "type": "string",
                    "description": f"A head and a row for each result: {', '.join(COLUMNS)}. In "
                    "UTF-8 with a byte order mark; lines end with CR LF (RFC 4180). Text that a "
                    "spreadsheet would take for a formula gets an apostrophe in front.",
                }
            },
        }
    }
}


@router.post(
    "/v1/search",
    summary="Search",
    dependencies=[requires(Scope.SEARCH)],
    response_model=SearchOut,
    responses=_ROWS | documented(*QUERY_PROBLEMS),
)
async def search(
    body: SearchIn,
    services: CurrentServices,
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
) -> SearchOut | Response:
    """Passages of the archive, best first, by meaning and by words, in any language.

    No results mean that nothing in the index fits; a part that fails is a problem instead. With an
    Accept header that prefers application/x-ndjson or text/csv, results come as rows, and the
    cursor of the next page in the header Sanad-Cursor; notices and periods are in the JSON alone.
    """
    query = body.to_query()
    results = await services.searcher.search(query)
    # Highlights stem every word of every passage: a second of work for a hundred cold ones.
    respond = partial(_respond, results, query=query, explain=body.explain, accept=accept)
    return await anyio.to_thread.run_sync(respond)


def _respond(
    results: SearchResults, *, query: SearchQuery, explain: bool, accept: str
) -> SearchOut | Response:
    found = SearchOut.from_results(results, query=query, explain=explain)
    form = preferred(accept, (JSON, NDJSON, CSV))
    following = {} if found.cursor is None else {CURSOR: found.cursor}
    if form == NDJSON:
        return Response(as_ndjson(found.results), media_type=NDJSON, headers=following)
    if form == CSV:
        media_type = f"{CSV}; charset=utf-8"
        return Response(as_csv(found.results), media_type=media_type, headers=following)
    return found
