"""POST /v1/visitors."""

from fastapi import APIRouter, Request

from api.access.address import address_of
from api.access.identifying import only_header, origin_not_allowed, presented_token
from api.access.tokens import Visitor, draw_visitor_id
from api.json_body import JsonRoute
from api.problem_kinds import ORIGIN_NOT_ALLOWED, TOO_MANY_REQUESTS
from api.responses import BODY_PROBLEMS, documented
from api.schemas.visitors import VisitorIn, VisitorOut
from api.services import CurrentServices

router = APIRouter(tags=["read"], route_class=JsonRoute)


@router.post(
    "/v1/visitors",
    summary="Let a reader ask",
    responses=documented(*BODY_PROBLEMS, ORIGIN_NOT_ALLOWED, TOO_MANY_REQUESTS),
)
async def welcome_visitor(
    body: VisitorIn, request: Request, services: CurrentServices
) -> VisitorOut:
    """A short-lived token for the reader of a page, in exchange for the public id of its site.

    The page's origin must be one of the site's. Send the token before it, good or expired since
    less than a day, as `Authorization: Bearer`, and the reader is known to be the same; any other
    is as none. A token is good only for its site, from its origin.
    """
    access = services.access
    origin, host = only_header(request, "origin"), only_header(request, "host")
    if origin is None or access.sites.find(body.site, origin=origin, host=host) is None:
        raise origin_not_allowed()
    visitor = Visitor(id=draw_visitor_id(), site=body.site, origin=origin)
    before = access.tokens.read_for_renewal(presented_token(request) or "")
    if before is not None and (before.site, before.origin) == (visitor.site, visitor.origin):
        visitor = before
    else:
        address = address_of(request, access.trusted_proxies)
        await access.asking.pass_new_visitor(address, site=visitor.site)
    token, ends = access.tokens.write(visitor)
    lifetime_s = int(access.tokens.lifetime.total_seconds())
    return VisitorOut(token=token, expires_at=ends, expires_in=lifetime_s)
