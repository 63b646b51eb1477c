"""The application: routes, limits, errors, and services that open before the first request."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from secrets import token_hex

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute

from api.access.cors import CrossOrigin, Preflights
from api.coding.requests import DecodeRequests
from api.coding.responses import EncodeResponses
from api.demo.routes import demo_router
from api.draining import Drain
from api.envelope import RequestEnvelope
from api.errors import install_error_handlers
from api.leaving import CancelWhenClientLeaves
from api.limits import BodyPace, SizeLimits
from api.mcp.endpoint import mcp_route
from api.observing import observed
from api.openai import routes as openai
from api.openai.errors import OpenAiErrors
from api.openapi import TAGS, DocumentedApi
from api.paths import RequestLine
from api.query_parameters import refuse_query_parameters
from api.routes import (
    answers,
    article_list,
    articles,
    asking,
    batch,
    citations,
    documentation,
    feedback,
    metrics,
    operations,
    search,
    visitors,
)
from api.routes.widget import load_widget, widget_router
from api.services import Services
from api.tracing import TraceRequests
from core.settings import Settings

API_VERSION = "1"
"""Of the wire contract: /v1."""

DESCRIPTION = (
    "Ask a news archive anything, in any language: every sentence of an answer carries its "
    "source, to the character. Offsets are 0-based, end exclusive, in Unicode code points. "
    "Times are RFC 3339. Errors are application/problem+json (RFC 9457) with a stable `type`."
)

_ROUTERS = (
    search.router,
    answers.router,
    citations.router,
    batch.router,
    article_list.router,
    visitors.router,
    articles.router,
    feedback.router,
    openai.router,
    asking.router,
    operations.router,
    metrics.router,
    documentation.router,
)


def create_app(
    open_services: Callable[[], AbstractAsyncContextManager[Services]],
    *,
    settings: Settings,
    drain: Drain | None = None,
    body_pace: BodyPace | None = None,
) -> FastAPI:
    """The application over the services that `open_services` opens at start and closes at end.

    Reads files, so call it before a loop runs. Whoever can be told to stop gives its `drain`.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, object]]:
        async with open_services() as opened, observed(opened) as services:
            yield {"services": services, "drain": drain or Drain()}

    app = DocumentedApi(
        title="Sanad",
        version=API_VERSION,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        servers=[{"url": "/", "description": "Where this document comes from."}],
        generate_unique_id_function=_operation_id,
        lifespan=lifespan,
        openapi_url=None,  # api.routes.documentation serves the document and its page
        redirect_slashes=False,
        dependencies=[Depends(refuse_query_parameters)],
        # FastAPI's own telemetry would record bodies of refused requests.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    routers = _routers(settings)
    for router in routers:
        app.include_router(router)
    routes = [route for router in routers for route in router.routes]
    mcp = mcp_route()
    app.router.routes.append(mcp)
    app.documented_routes = tuple(route for route in routes if isinstance(route, APIRoute))
    install_error_handlers(app, routes=[*app.documented_routes, mcp])
    # The last one added is the outermost.
    app.add_middleware(CancelWhenClientLeaves)
    app.add_middleware(Preflights)
    app.add_middleware(DecodeRequests, max_body_bytes=settings.max_request_bytes)
    app.add_middleware(
        SizeLimits, max_body_bytes=settings.max_request_bytes, pace=body_pace or BodyPace()
    )
    app.add_middleware(RequestEnvelope, new_id=token_hex)
    app.add_middleware(OpenAiErrors)
    app.add_middleware(EncodeResponses)
    app.add_middleware(CrossOrigin)
    app.add_middleware(TraceRequests)
    app.add_middleware(RequestLine)
    return app


def _operation_id(route: APIRoute) -> str:
    """The name of the function: clients are generated with it, so it stays when a path changes."""
    return route.name


def _routers(settings: Settings) -> list[APIRouter]:
    """All routes; of two for the same path the first one answers."""
    demo = [demo_router()] if settings.has_demo else []
    return [*demo, widget_router(load_widget()), *_ROUTERS]
