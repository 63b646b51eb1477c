"""GET /docs, /openapi.json and /: the reference, without a request to anywhere else."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from api.documentation import CONTENT_SECURITY_POLICY, documentation_page

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def openapi(request: Request) -> JSONResponse:
    """The OpenAPI document."""
    return JSONResponse(_document(request))


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The OpenAPI document as a page."""
    return HTMLResponse(
        documentation_page(_document(request)),
        headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY},
    )


@router.get("/")
async def root() -> RedirectResponse:
    """To the reference."""
    return RedirectResponse("/docs")


def _document(request: Request) -> dict[str, Any]:
    app: FastAPI = request.app
    return app.openapi()
