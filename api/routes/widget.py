"""GET /widget/…: the chat widget, for any page of any site."""

import gzip
from functools import cache

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api.assets import IMMUTABLE, SHORT, Asset, asset_response, load_asset
from api.problem_kinds import NOT_FOUND
from api.problems import Problem

MODULE = "sanad-chat.js"

_FOR_ALL_SITES = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@cache
def load_widget() -> Asset:
    """The module as it is served; reads it once, so call it before anything is served."""
    return load_asset("widget", MODULE, media_type="text/javascript")


def versioned_path(widget: Asset) -> str:
    """The path that always holds this very version, as its integrity hash wants it."""
    return f"/widget/{widget.digest}/{MODULE}"


def embedding(widget: Asset, *, url: str) -> str:
    """The line of HTML that loads this very version from the server at `url`.

    >>> widget = Asset.of(b"", media_type="text/javascript")
    >>> embedding(widget, url="https://ask.example")[:75]
    '<script type="module" src="https://ask.example/widget/e3b0c44298fc1c14/sana'
    """
    return (
        f'<script type="module" src="{url}{versioned_path(widget)}" '
        f'integrity="{widget.integrity}" crossorigin="anonymous"></script>'
    )


def widget_router(widget: Asset) -> APIRouter:
    """Routes that give `widget` to every origin: it holds no secret."""
    router = APIRouter(prefix="/widget", include_in_schema=False)

    told = {
        "module": versioned_path(widget),
        "integrity": widget.integrity,
        "bytes": len(widget.content),
        "gzip_bytes": len(gzip.compress(widget.content, 9)),
    }

    @router.get("/manifest.json")
    async def manifest() -> JSONResponse:
        """Where this version is and the hash for the attribute `integrity`."""
        return JSONResponse(told, headers={"Cache-Control": SHORT, **_FOR_ALL_SITES})

    @router.get(f"/{MODULE}")
    async def newest(request: Request) -> Response:
        """The newest version."""
        return asset_response(widget, request, cache=SHORT, headers=_FOR_ALL_SITES)

    @router.get(f"/{{digest}}/{MODULE}")
    async def versioned(digest: str, request: Request) -> Response:
        """The version that `digest` names, if this server has it."""
        if digest != widget.digest:
            # Another version under this name would fail the page's integrity check anyhow.
            raise Problem(
                NOT_FOUND,
                f"this server has version {widget.digest} of the widget: /widget/manifest.json "
                "tells its path and integrity hash",
            )
        return asset_response(widget, request, cache=IMMUTABLE, headers=_FOR_ALL_SITES)

    return router
