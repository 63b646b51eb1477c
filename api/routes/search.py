"""POST /v1/search."""

from functools import partial

import anyio.to_thread
from fastapi import APIRouter

from api.access.guard import requires
from api.access.scopes import Scope
from api.json_body import JsonRoute
from api.responses import QUERY_PROBLEMS, documented
from api.schemas.search import SearchIn, SearchOut
from api.services import CurrentServices

router = APIRouter(tags=["read"], route_class=JsonRoute)


@router.post(
    "/v1/search",
    summary="Search",
    dependencies=[requires(Scope.SEARCH)],
    responses=documented(*QUERY_PROBLEMS),
)
async def search(body: SearchIn, services: CurrentServices) -> SearchOut:
    """Passages of the archive, best first, by meaning and by words, in any language.

    No results mean that nothing in the index fits; a part that fails is a problem instead.
    """
    query = body.to_query()
    results = await services.searcher.search(query)
    # Highlights stem every word of every passage: a second of work for a hundred cold ones.
    respond = partial(SearchOut.from_results, results, query=query, explain=body.explain)
    return await anyio.to_thread.run_sync(respond)
