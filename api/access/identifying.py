"""Tells who sent a request, by its credentials and where it came from."""

import re

from fastapi import Request

from api.access.access import Access
from api.access.caller import LOCAL, Caller
from api.access.keys import caller_with_key
from api.access.origins import host_of, is_loopback, is_own_page
from api.access.scopes import Scope
from api.problem_kinds import ORIGIN_NOT_ALLOWED, UNAUTHORIZED
from api.problems import Problem

VISITOR_SCOPES = frozenset({Scope.ASK})

_BEARER = re.compile(r"bearer ([A-Za-z0-9._~+/=-]{1,2000})", re.ASCII | re.IGNORECASE)

_WANTED = (
    "this needs a key, or the token of a visitor, that is good now: send it as the header "
    "Authorization: Bearer ..."
)


async def identify(request: Request, access: Access) -> Caller:
    """Who sent `request`.

    Raises:
        Problem: unauthorized, the same for every key and token that is not good; or
            origin-not-allowed.
    """
    presented = request.headers.getlist("authorization")
    is_unguarded = access.is_for_owner and await access.keys.is_empty()
    if not presented:
        if is_unguarded:
            return _owner(request, access)
        raise unauthorized()
    credentials = _credentials(presented)
    if credentials is not None and "." in credentials:
        return _visitor(request, access, credentials)
    if is_unguarded:  # where no key was ever made, clients that insist on one may send any
        return _owner(request, access)
    found = None
    if credentials is not None:
        found = await caller_with_key(credentials, access.keys, now=access.now())
    if found is None:
        raise unauthorized(error="invalid_token")
    return found


def presented_token(request: Request) -> str | None:
    """The bearer token of `request`, whatever it is worth; None if there is not exactly one."""
    return _credentials(request.headers.getlist("authorization"))


def only_header(request: Request, name: str) -> str | None:
    """The value of a header that must not be sent twice; None if it is not sent once."""
    values = request.headers.getlist(name)
    return values[0] if len(values) == 1 else None


def unauthorized(*, error: str | None = None) -> Problem:
    """The one refusal of whatever is not good; `error` is a code of RFC 6750, section 3.1."""
    told = 'Bearer realm="sanad"' + ("" if error is None else f', error="{error}"')
    return Problem(UNAUTHORIZED, _WANTED, headers={"WWW-Authenticate": told})


def _credentials(presented: list[str]) -> str | None:
    """What was sent once, and as RFC 6750, section 2.1 wants it."""
    found = _BEARER.fullmatch(presented[0]) if len(presented) == 1 else None
    return None if found is None else found[1]


def _visitor(request: Request, access: Access, token: str) -> Caller:
    """The visitor with `token`, on a page of the origin that it was given to."""
    visitor = access.tokens.read(token)
    if visitor is None:
        raise unauthorized(error="invalid_token")
    origin, host = only_header(request, "origin"), only_header(request, "host")
    site = access.sites.find(visitor.site, origin=origin, host=host)
    if site is None or origin != visitor.origin:
        raise origin_not_allowed()
    return Caller(
        kind="visitor",
        id=visitor.id,
        scopes=VISITOR_SCOPES,
        site=site.id,
        allowed=site.allowed,
    )


def origin_not_allowed() -> Problem:
    """The refusal of a page that is not the site's; which sites there are is not told."""
    return Problem(
        ORIGIN_NOT_ALLOWED,
        "a page of this origin may not ask here: the operator lists the origins of each site",
    )


def _owner(request: Request, access: Access) -> Caller:
    """The owner, unless a page of another site has made their browser send this."""
    host, origins = only_header(request, "host"), request.headers.getlist("origin")
    if "host" in request.headers and (host is None or not is_loopback(host_of(host))):
        raise origin_not_allowed()
    is_own = not origins or (
        len(origins) == 1 and host is not None and is_own_page(origins[0], host=host)
    )
    if not is_own and access.cors_origins.isdisjoint(origins):
        raise origin_not_allowed()
    return LOCAL
