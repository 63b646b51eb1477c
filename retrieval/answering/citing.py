"""Citations of what was chosen, as far as the stored articles still hold it."""

from collections.abc import Mapping, Sequence

from core.conflicts import Conflict, FigureClaim
from core.ports import ArticleStore
from core.types import Article, ArticleHeader, Citation, Passage
from retrieval.agreement.families import Families
from retrieval.answering.quotes import ClaimedFigure, Quote, Run
from retrieval.citations import cite
from retrieval.query import SearchHit
from retrieval.verification import holds

LEAST_CLAIMS = 2
"""Of fewer, nothing is in dispute."""


class Citing:
    """Cites runs of the articles of `hits`, read from the store once each."""

    def __init__(self, articles: ArticleStore, hits: Sequence[SearchHit]) -> None:
        self._articles = articles
        self._passages: Mapping[str, Passage] = {hit.passage.id: hit.passage for hit in hits}
        self._families = Families(hits)
        self._known: dict[str, Article | None] = {}

    async def cite(self, quote: Quote, *, number: int) -> Citation | None:
        """The citation of `quote`; None if the stored article does not hold it any more."""
        article = await self._standing(quote.run)
        if article is None:
            return None
        also, sources = await self._agreeing(ArticleHeader.of(article), quote.also)
        citation = cite(
            article,
            number=number,
            start=quote.run.start,
            end=quote.run.end,
            also=also,
            sources=sources,
            answers=quote.answers,
        )
        return citation if holds(article, citation) else None

    async def citations(self, quotes: Sequence[Quote]) -> list[Citation]:
        """Those of `quotes` that the stored articles still hold, numbered from 1."""
        cited: list[Citation] = []
        for quote in quotes:
            citation = await self.cite(quote, number=len(cited) + 1)
            cited += [] if citation is None else [citation]
        return cited

    async def conflicts(
        self, disputes: Sequence[Sequence[ClaimedFigure]], citations: Sequence[Citation]
    ) -> list[Conflict]:
        """Those of `disputes` that still stand, with the numbers of what shows them."""
        found = [await self.conflict(claims, citations) for claims in disputes]
        return [conflict for conflict in found if conflict is not None]

    async def conflict(
        self, claims: Sequence[ClaimedFigure], citations: Sequence[Citation]
    ) -> Conflict | None:
        """The claims that still stand, in their order; None if nothing is in dispute any more."""
        found = [await self._claim(claimed, citations) for claimed in claims]
        standing = tuple(claim for claim in found if claim is not None)
        return Conflict(claims=standing) if len(standing) >= LEAST_CLAIMS else None

    async def _claim(
        self, claimed: ClaimedFigure, citations: Sequence[Citation]
    ) -> FigureClaim | None:
        run = claimed.run
        article = await self._standing(run)
        if article is None:
            return None
        header = ArticleHeader.of(article)
        also, sources = await self._agreeing(header, claimed.also)
        showing = (
            citation.number
            for citation in citations
            if citation.header.id == run.article_id
            and citation.start <= run.start
            and run.end <= citation.end
        )
        return FigureClaim(
            header=header,
            figure=article.body[run.start : run.end],
            start=run.start,
            end=run.end,
            citation=next(showing, None),
            also=also,
            sources=sources,
        )

    async def _agreeing(
        self, header: ArticleHeader, runs: Sequence[Run]
    ) -> tuple[tuple[ArticleHeader, ...], int]:
        """The articles of `runs`, and how many independent sources they and `header` are."""
        headers, independent = [], [header]
        for run in runs:
            article = await self._standing(run)
            if article is not None:
                headers.append(ArticleHeader.of(article))
                independent += [] if run.is_copied else headers[-1:]
        return tuple(headers), self._families.count_sources(independent)

    async def _standing(self, run: Run) -> Article | None:
        """The stored article, if it holds what was found; not if it was withdrawn or corrected."""
        if run.article_id not in self._known:
            stored = await self._articles.get_article(run.article_id)
            self._known[run.article_id] = None if stored is None else stored.article
        article, passage = self._known[run.article_id], self._passages[run.passage_id]
        # A correction between search and now moves offsets: then the run must go.
        read = passage.text[run.start - passage.start : run.end - passage.start]
        return article if article and article.body[run.start : run.end] == read else None
