"""The demo site's pages as responses: templates, words, assets and headers put together."""

from functools import cache
from typing import NamedTuple

from fastapi.responses import HTMLResponse

from api.assets import Asset, load_asset
from api.demo.rendering import Pages
from api.demo.words import Speech, Words
from api.routes.widget import load_widget, versioned_path

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""No inline script or style, no other origin, and no string ever becomes markup or code."""

_FILES = {
    "sheet": ("site.css", "text/css"),
    "script": ("site.js", "text/javascript"),
    "icon": ("icon.svg", "image/svg+xml"),
}

ARTICLE_URL = "/articles/{id}#sanad={start}-{end}"
"""The pattern that the widget makes links of: site.js finds the quote by its offsets."""


class Link(NamedTuple):
    """A file at the path that its content names."""

    href: str
    integrity: str


@cache
def load_site() -> "Site":
    """The site; reads its files once, so call it before anything is served."""
    return Site(widget=load_widget())


class Site:
    """Templates, words and files: none of them changes."""

    def __init__(self, *, widget: Asset) -> None:
        self._pages = Pages()
        self._words = Words()
        self.assets: dict[str, Asset] = {}
        self._links = {"widget": Link(versioned_path(widget), widget.integrity)}
        for key, (name, media_type) in _FILES.items():
            asset = load_asset("api.demo", "static", name, media_type=media_type)
            self.assets[name] = asset
            self._links[key] = Link(f"/demo/{asset.digest}/{name}", asset.integrity)

    def speech(self, language: str) -> Speech:
        """How a page in `language` speaks."""
        return self._words.in_language(language)

    def page(
        self,
        template: str,
        speech: Speech,
        *,
        chat_site: str | None,
        status: int = 200,
        **values: object,
    ) -> HTMLResponse:
        """The page made of `template` and `values`, whose own words are those of `speech`.

        `chat_site` is the site that its widget asks as; None: as whoever has the page.
        """
        common = {
            "chat_site": chat_site,
            "words": speech.say,
            "speech": speech,
            "files": self._links,
            "article_url": ARTICLE_URL,
            "home": "/" if speech.direction == "rtl" else "/en",
            "suggestions": (),
        }
        text = self._pages[template].render(common | values)
        # A store may hold halves of characters, which no page can.
        return HTMLResponse(
            text.encode("utf-8", "replace"),
            status_code=status,
            headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY},
        )
