"""GET / and /en, /sections/…, /articles/…, and the files of the demo site."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.assets import IMMUTABLE, asset_response
from api.demo.edition import Edition, Item, Newsstand, is_public, still_true
from api.demo.site import Site, load_site
from api.demo.views import MAX_LISTED, ArticleView, HomeView, Teaser, shown_items
from api.problem_kinds import NOT_FOUND
from api.problems import Problem
from api.schemas.fields import fault_of_id
from api.services import CurrentServices
from core.ports import ArticleStore
from core.types import ArticleStatus

MORE_BESIDE = 5

SITE_ID = "demo"
"""The public id of the site that these pages are, for an operator who lists sites."""


def demo_router(*, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> APIRouter:
    """The routes of the demo site; reads its files, so call it before anything is served."""
    demo = Demo(load_site(), load_suggestions(), now=now)
    router = APIRouter(include_in_schema=False)
    router.get("/")(demo.home)
    router.get("/en")(demo.english_home)
    router.get("/sections/{name:path}")(demo.section)
    router.get("/articles/{article_id:path}")(demo.article)
    router.get("/demo/{digest}/{name}")(demo.file)
    return router


@cache
def load_suggestions() -> "Suggestions":
    """Those that are packaged."""
    text = files("api.demo").joinpath("suggestions.json").read_text(encoding="utf-8")
    return Suggestions(json.loads(text))


class Suggestions:
    """Questions about articles of the sample archive, offered where the index holds those."""

    def __init__(self, listed: Sequence[dict[str, str]]) -> None:
        self._listed = listed

    def of(self, edition: Edition, language: str) -> Sequence[str]:
        """The questions that this edition can answer."""
        held = {item.id for item in edition.items}
        return [one[language] for one in self._listed if one["article_id"] in held]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a page is made from: the articles, and the site that its widget asks as, if any."""

    articles: ArticleStore
    chat_site: str | None


async def visit_of(request: Request, services: CurrentServices) -> Visit:
    """The visit that `request` is.

    The widget asks as a reader of the site `demo` wherever this page may. Where the operator's
    list of sites leaves it out, it asks as the owner, whom a developer's machine knows.
    """
    host = request.headers.get("host")
    origin = f"{request.url.scheme}://{host}"
    is_site = services.access.sites.find(SITE_ID, origin=origin, host=host) is not None
    return Visit(articles=services.articles, chat_site=SITE_ID if is_site else None)


CurrentVisit = Annotated[Visit, Depends(visit_of)]


class Demo:
    """The handlers: each finds articles that readers may see, and has a page made of them."""

    def __init__(
        self, site: Site, suggestions: Suggestions, *, now: Callable[[], datetime]
    ) -> None:
        self._site = site
        self._suggestions = suggestions
        self._now = now
        self._stand = Newsstand(now=now)

    async def home(self, visit: CurrentVisit) -> Response:
        """The front page in Arabic."""
        return await self._front_page("ar", visit)

    async def english_home(self, visit: CurrentVisit) -> Response:
        """The front page in English."""
        return await self._front_page("en", visit)

    async def section(self, name: str, visit: CurrentVisit) -> Response:
        """The newest articles of one section."""
        edition = await self._stand.edition(visit.articles)
        listed = [item for item in edition.items if item.section == name][:MAX_LISTED]
        items = await still_true(visit.articles, listed)
        if not items:
            return self._missing(visit)
        speech = self._site.speech(items[0].language)
        teasers = [Teaser.of(item, speech) for item in items]
        return self._site.page(
            "section.html", speech, chat_site=visit.chat_site, name=name, teasers=teasers
        )

    async def article(self, article_id: str, visit: CurrentVisit) -> Response:
        """An article, if readers may see it; 410 if its publisher withdrew it."""
        if fault_of_id(article_id) is not None:
            return self._missing(visit)
        stored = await visit.articles.get_article(article_id)
        if stored is None:
            return self._missing(visit)
        article = stored.article
        if article.status is ArticleStatus.CANCELED:
            return self._notice(visit, "gone", language=article.language, status=410)
        if not is_public(article, now=self._now()):
            return self._missing(visit)
        edition = await self._stand.edition(visit.articles)
        beside = _beside(edition, article_id=article.id, language=article.language)
        more = await still_true(visit.articles, beside)
        speech = self._site.speech(article.language)
        view = ArticleView.of(article, speech, more=more)
        return self._site.page("article.html", speech, chat_site=visit.chat_site, view=view)

    async def file(self, digest: str, name: str, request: Request) -> Response:
        """A style sheet, script or picture of the site."""
        asset = self._site.assets.get(name)
        if asset is None or digest != asset.digest:
            raise Problem(NOT_FOUND, "the demo site has no such file")
        return asset_response(asset, request, cache=IMMUTABLE)

    async def _front_page(self, language: str, visit: Visit) -> Response:
        edition = await self._stand.edition(visit.articles)
        items = await still_true(visit.articles, shown_items(edition, language))
        speech = self._site.speech(language)
        return self._site.page(
            "home.html",
            speech,
            chat_site=visit.chat_site,
            view=HomeView.of(items, speech, now=self._now()),
            suggestions=self._suggestions.of(edition, language),
        )

    def _missing(self, visit: Visit) -> Response:
        return self._notice(visit, "missing", language="ar", status=404)

    def _notice(self, visit: Visit, kind: str, *, language: str, status: int) -> Response:
        speech = self._site.speech(language)
        return self._site.page(
            "notice.html", speech, chat_site=visit.chat_site, status=status, kind=kind
        )


def _beside(edition: Edition, *, article_id: str, language: str) -> list[Item]:
    found = (item for item in edition.items if item.language == language and item.id != article_id)
    return list(islice(found, MORE_BESIDE))
