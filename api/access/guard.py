"""What each route asks of its caller, checked before the body is read."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.access.address import address_of
from api.access.asking import sender_of
from api.access.caller import Caller
from api.access.identifying import identify
from api.access.scopes import Scope
from api.problem_kinds import FORBIDDEN
from api.problems import Problem
from api.services import get_services


class Guard:
    """Lets a request pass if its caller has a scope; the caller is then in `request.state`."""

    def __init__(self, scope: Scope, *, visitors: bool = False) -> None:
        """`visitors` tells whether readers of a site are meant, not programs alone."""
        self.scope = scope
        self.visitors = visitors

    async def __call__(self, request: Request) -> Caller:
        """The caller.

        Raises:
            Problem: unauthorized, forbidden, origin-not-allowed, or, for a visitor who sends too
                much, too-many-requests.
        """
        caller = await caller_of(request)
        self.require(caller)
        return caller

    def require(self, caller: Caller) -> None:
        """Return if `caller` may pass.

        Raises:
            Problem: forbidden.
        """
        if self.scope not in caller.scopes or (caller.kind == "visitor" and not self.visitors):
            raise self._forbidden()

    def _forbidden(self) -> Problem:
        told = f'Bearer realm="sanad", error="insufficient_scope", scope="{self.scope}"'
        return Problem(
            FORBIDDEN,
            f"this needs a key with the scope {self.scope}: ask the operator for one",
            headers={"WWW-Authenticate": told},
        )


async def caller_of(request: Request) -> Caller:
    """Who sent `request`, found out once; then in its state.

    Raises:
        Problem: unauthorized, origin-not-allowed, or, for a visitor who sends too much,
            too-many-requests.
    """
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None:
        access = (await get_services(request)).access
        caller = await identify(request, access)
        if caller.kind == "visitor":
            sender = sender_of(caller, address_of(request, access.trusted_proxies))
            await access.asking.pass_request(sender)
        request.state.caller = caller
    return caller


def requires(scope: Scope, *, visitors: bool = False) -> Any:  # noqa: ANN401  # as Depends itself
    """The dependency that every route of /v1 declares: its caller has `scope`.

    A route that takes `visitors` must show them no more than `Caller.allowed`. The route's class
    is a GuardedRoute, so that nobody's body is read before they are known.
    """
    return Depends(Guard(scope, visitors=visitors))


class GuardedRoute(APIRoute):
    """A route whose guard sees the request before FastAPI reads its body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler behind the guards."""
        handle = super().get_route_handler()
        guards = guards_of(self)

        async def handle_guarded(request: Request) -> Response:
            for guard in guards:
                await guard(request)
            return await handle(request)

        return handle_guarded


def guards_of(route: APIRoute) -> list[Guard]:
    """The guards that `route` declares."""
    return [one.call for one in _dependencies(route.dependant) if isinstance(one.call, Guard)]


def _dependencies(dependant: Dependant) -> list[Dependant]:
    return [found for one in dependant.dependencies for found in (one, *_dependencies(one))]
