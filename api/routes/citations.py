"""POST /v1/citations/export."""

from datetime import UTC, datetime

from fastapi import APIRouter, Response

from api.access.guard import requires
from api.access.scopes import Scope
from api.exports.cited import cited
from api.exports.formats import FORMS, written
from api.json_body import JsonRoute
from api.responses import BODY_PROBLEMS, STORE_PROBLEMS, Responses, documented
from api.schemas.citations import CitationsIn
from api.services import CurrentServices
from core.errors import ArticleNotFound, InputError

router = APIRouter(tags=["read"], route_class=JsonRoute)

_WRITTEN: Responses = {
    200: {
        "description": "The bibliography, in UTF-8",
        "content": {
            form.media_type: {"schema": {"type": "string", "description": f"As {name.value}."}}
            for name, form in FORMS.items()
        },
    }
}


@router.post(
    "/v1/citations/export",
    summary="Export citations",
    dependencies=[requires(Scope.READ)],
    response_class=Response,
    responses=_WRITTEN | documented(*BODY_PROBLEMS, ArticleNotFound, InputError, *STORE_PROBLEMS),
)
async def export_citations(body: CitationsIn, services: CurrentServices) -> Response:
    """Citations of an answer, or passages of a search, for a bibliography.

    Each quote is taken anew out of the archive: one that is not there any more, or whose article
    was withdrawn, is refused and never exported as it once was. An article is one entry, whose
    notes hold its quotes with offsets and links. Authors are given as they are signed, since which
    part of a name is the family's is not known; dates are days in UTC.
    """
    form = FORMS[body.format]
    now = datetime.now(tz=UTC)
    places = [citation.to_place() for citation in body.citations]
    citations = await cited(places, articles=services.articles, now=now)
    return Response(
        written(citations, form=body.format, accessed=now.date()),
        media_type=f"{form.media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="citations{form.suffix}"'},
    )
