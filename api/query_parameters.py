"""Query parameters: those that a route declares, each once; any other would be ignored silently."""

from collections import Counter

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.problem_kinds import INVALID_REQUEST
from api.problems import Problem

MAX_SHOWN = 5

_IN_THE_BODY = "what you ask for goes into the JSON body"


async def refuse_query_parameters(request: Request) -> None:
    """Refuse what would be ignored.

    Raises:
        Problem: invalid-request.
    """
    given = Counter(name[:100] for name, _ in request.query_params.multi_items())
    if not given or not request.scope["path"].startswith("/v1/"):
        return
    route = request.scope.get("route")
    known = _declared(route.dependant) if isinstance(route, APIRoute) else set()
    unknown = [repr(name) for name in given if name not in known]
    if unknown:
        known_ones = f"known: {', '.join(sorted(known))}" if known else _IN_THE_BODY
        shown = ", ".join(unknown[:MAX_SHOWN])
        raise Problem(INVALID_REQUEST, f"unknown query parameter {shown}: {known_ones}")
    repeated = [repr(name) for name, count in given.items() if count > 1]
    if repeated:
        shown = ", ".join(repeated[:MAX_SHOWN])
        raise Problem(INVALID_REQUEST, f"query parameter {shown} is given twice: give it once")


def _declared(dependant: Dependant) -> set[str]:
    """Names of the query parameters that a route, and what it depends on, take."""
    own = {field.alias for field in dependant.query_params}
    return own.union(*map(_declared, dependant.dependencies))
