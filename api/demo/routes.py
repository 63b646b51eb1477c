"""GET / and /en, /sections/…, /articles/…, and the files of the demo site."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from api.assets import IMMUTABLE, asset_response
from api.demo.edition import Edition, Item, Newsstand, is_public, still_true
from api.demo.site import Site, load_site
from api.demo.views import MAX_LISTED, ArticleView, HomeView, Teaser, shown_items
from api.problems import NOT_FOUND, Problem
from api.schemas.fields import fault_of_id
from api.services import CurrentServices
from core.types import ArticleStatus

MORE_BESIDE = 5


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


class Demo:
    """The handlers: each finds articles that readers may see, and has a page made of them."""

    def __init__(
        self, site: Site, suggestions: Suggestions, *, now: Callable[[], datetime]
    ) -> None:
        self._site = site
        self._suggestions = suggestions
        self._now = now
        self._stand = Newsstand(now=now)

    async def home(self, services: CurrentServices) -> Response:
        """The front page in Arabic."""
        return await self._front_page("ar", services)

    async def english_home(self, services: CurrentServices) -> Response:
        """The front page in English."""
        return await self._front_page("en", services)

    async def section(self, name: str, services: CurrentServices) -> Response:
        """The newest articles of one section."""
        edition = await self._stand.edition(services.articles)
        listed = [item for item in edition.items if item.section == name][:MAX_LISTED]
        items = await still_true(services.articles, listed)
        if not items:
            return self._missing()
        speech = self._site.speech(items[0].language)
        teasers = [Teaser.of(item, speech) for item in items]
        return self._site.page("section.html", speech, name=name, teasers=teasers)

    async def article(self, article_id: str, services: CurrentServices) -> Response:
        """An article, if readers may see it; 410 if its publisher withdrew it."""
        if fault_of_id(article_id) is not None:
            return self._missing()
        stored = await services.articles.get_article(article_id)
        if stored is None:
            return self._missing()
        article = stored.article
        speech = self._site.speech(article.language)
        if article.status is ArticleStatus.CANCELED:
            return self._site.page("notice.html", speech, status=410, kind="gone")
        if not is_public(article, now=self._now()):
            return self._missing()
        edition = await self._stand.edition(services.articles)
        beside = _beside(edition, article_id=article.id, language=article.language)
        more = await still_true(services.articles, beside)
        view = ArticleView.of(article, speech, more=more)
        return self._site.page("article.html", speech, view=view)

    async def file(self, digest: str, name: str, request: Request) -> Response:
        """A style sheet, script or picture of the site."""
        asset = self._site.assets.get(name)
        if asset is None or digest != asset.digest:
            raise Problem(NOT_FOUND, "the demo site has no such file")
        return asset_response(asset, request, cache=IMMUTABLE)

    async def _front_page(self, language: str, services: CurrentServices) -> Response:
        edition = await self._stand.edition(services.articles)
        items = await still_true(services.articles, shown_items(edition, language))
        speech = self._site.speech(language)
        return self._site.page(
            "home.html",
            speech,
            view=HomeView.of(items, speech, now=self._now()),
            suggestions=self._suggestions.of(edition, language),
        )

    def _missing(self) -> Response:
        return self._site.page("notice.html", self._site.speech("ar"), status=404, kind="missing")


def _beside(edition: Edition, *, article_id: str, language: str) -> list[Item]:
    found = (item for item in edition.items if item.language == language and item.id != article_id)
    return [item for item, _ in zip(found, range(MORE_BESIDE), strict=False)]
