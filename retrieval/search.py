"""From a query to ranked passages: the one door that search and answers share."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import uuid4

import anyio.to_thread

from core.language import guess_language
from core.lexical import LexicalEncoder
from core.periods import Period
from core.ports import IndexStore, TokenEmbedder
from core.spans import span
from core.token_codec import TokenCodec
from core.types import PassageFilter
from retrieval.archive import Archive, ArchiveView
from retrieval.dates.narrowing import lifted, narrowed, within_callers_dates
from retrieval.dates.reading import read_periods
from retrieval.drawing import Drawer, Wanted
from retrieval.fusion import Fused
from retrieval.kept import Kept
from retrieval.parameters import DEFAULT_PARAMETERS, RankingParameters
from retrieval.preference import PREFERENCE_DEPTH, Preferred, prefers, publication_days
from retrieval.query import GroupBy, SearchHit, SearchMode, SearchQuery, SearchResults
from retrieval.reading import Reading
from retrieval.reranking import RankedPassages, Reranking
from retrieval.shown import not_shown
from retrieval.token_leg import TokenScales, score_tokens
from retrieval.wording import load_wording

LEG_DEPTH = 60
"""Passages drawn from the lexical leg, and from the dense leg for each language."""

PASSAGES_AN_ARTICLE = 2
"""Passages drawn for each article wanted: some articles have several among the best."""

KEPT_PASSAGES = 4_000
"""Some 4 kB each."""

KEPT_TOKENS = 2_000
"""Some 20 kB each."""

READ_AHEAD = 1.5
"""Passages read for each article wanted: some articles have several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Passages as both legs rank them, unread, with what was learnt about the question.

    `archive` is what was searched, `where` what was asked for of it.
    """

    archive: ArchiveView
    where: PassageFilter
    reading: Reading
    fused: RankedPassages
    timing_ms: dict[str, float]


class Searcher:
    """Hybrid search with scores that are comparable between languages."""

    def __init__(
        self,
        *,
        embedder: TokenEmbedder,
        store: IndexStore,
        lexical: LexicalEncoder,
        codec: TokenCodec,
        archive: Archive,
        now: Callable[[], datetime],
        parameters: RankingParameters = DEFAULT_PARAMETERS,
        reranking: Reranking | None = None,
    ) -> None:
        self._embedder = embedder
        # The id of a passage changes with any field of its article, so what is kept is never stale;
        # one that was withdrawn is not found by a search any more.
        self._passages = Kept(store.read_passages, capacity=KEPT_PASSAGES)
        self._tokens = Kept(store.read_tokens, capacity=KEPT_TOKENS)
        self._drawer = Drawer(store, self._passages)
        self._lexical = lexical
        self._codec = codec
        self._archive = archive
        self._now = now
        self._parameters = parameters
        self._reranking = reranking

    async def warm_up(self) -> None:
        """Sample the archive now, so that the first search need not wait for it."""
        await self._archive.view()

    async def search(self, query: SearchQuery) -> SearchResults:
        """Results for `query`; an empty tuple means that nothing passes the filters."""
        # Among so many are `limit` that were not shown, however the archive has changed.
        count = query.offset + len(query.shown) + query.limit
        several = PASSAGES_AN_ARTICLE if query.group_by is GroupBy.ARTICLE else 1
        depth = max(LEG_DEPTH, several * count)
        ranking = await self.rank(query.text, where=query.where, mode=query.mode, depth=depth)
        started = time.perf_counter()
        hits = await self.read(ranking, count=count + 1, group_by=query.group_by)
        fresh = list(not_shown(hits, query.shown, query.group_by))[query.offset :]
        read_ms = (time.perf_counter() - started) * 1e3
        return SearchResults(
            query_id=str(uuid4()),
            language=ranking.reading.language,
            hits=tuple(fresh[: query.limit]),
            has_more=len(fresh) > query.limit,
            notices=ranking.reading.notices(),
            timing_ms=ranking.timing_ms
            | {"search": round(ranking.timing_ms["search"] + read_ms, 2)},
            periods=ranking.reading.periods,
        )

    async def rank(
        self,
        text: str,
        *,
        where: PassageFilter,
        mode: SearchMode = SearchMode.HYBRID,
        depth: int = LEG_DEPTH,
        lift: bool = False,
    ) -> Ranking:
        """Every passage that a leg returned; embargoed articles never.

        The times that `text` names narrow the search or move passages, unless `where` has dates
        of its own; a filter of the text under which nothing is found is lifted, and
        with `lift` every one.
        """
        started = time.perf_counter()
        view = await self._archive.view()
        where = replace(where, visible_at=self._now())
        reading = await self._read(text, view, where)
        if lift:
            reading = replace(reading, periods=lifted(reading.periods))
        embedded = time.perf_counter()
        wanted = Wanted(
            scales=reading.scales,
            indexed=view.languages,
            terms=self._lexical.encode_query(text, language=reading.language),
            numbers=self._lexical.encode_numbers(text, language=reading.language),
            language=reading.language,
            where=narrowed(where, reading.periods) or where,
            mode=mode,
            depth=depth,
        )
        with span("search"):
            fused: RankedPassages = await self._fused(wanted, reading, view.token_scales)
        if not fused.ranked and wanted.where != where:
            reading = replace(reading, periods=lifted(reading.periods))
            wanted = replace(wanted, where=where)
            with span("search"):
                fused = await self._fused(wanted, reading, view.token_scales)
        found = time.perf_counter()
        timing = {"embed": embedded - started, "search": found - embedded}
        if self._reranking is not None and mode is not SearchMode.LEXICAL:
            with span("rerank"):
                fused = await self._reranking.reorder(text, fused, read=self._passages.get)
            timing["rerank"] = time.perf_counter() - found
        return Ranking(
            archive=view,
            where=where,
            reading=reading,
            fused=await self._preferred(fused, reading),
            timing_ms={stage: round(seconds * 1e3, 2) for stage, seconds in timing.items()},
        )

    async def _preferred(self, ranking: RankedPassages, reading: Reading) -> RankedPassages:
        """`ranking` with what the days of publication are worth to the question."""
        bound = self._parameters.dates
        if not bound or not prefers(reading.periods):
            return ranking
        first = [one.passage_id for one in ranking.ranked[:PREFERENCE_DEPTH]]
        days = publication_days(await self._passages.get(first))
        return Preferred(ranking, days, reading.periods, bound=bound)

    async def _read(self, text: str, view: ArchiveView, where: PassageFilter) -> Reading:
        # A name or a single word is told as a language of the archive, if it may be one.
        language = guess_language(text).among(view.languages)
        with span("embed"):
            [question] = await self._embedder.embed_query_tokens([text])
        periods = await anyio.to_thread.run_sync(
            partial(_read_periods, text, language=language, now=self._now())
        )
        return Reading(
            text=text,
            language=language,
            vectors=question,
            scales=view.scales.of_question(
                question.pooled,
                language=language,
                centring=self._parameters.centring,
                by_language=self._parameters.by_language,
            ),
            codec=self._codec,
            periods=within_callers_dates(periods, where),
        )

    async def _fused(self, wanted: Wanted, reading: Reading, scales: TokenScales) -> Fused:
        fused = Fused(
            await self._drawer.draw(wanted),
            scales=wanted.scales,
            language=wanted.language,
            mode=wanted.mode,
            parameters=self._parameters,
        )
        if wanted.mode is SearchMode.HYBRID and self._parameters.token_depth:
            await self._match_tokens(fused, reading, scales)
        return fused

    async def _match_tokens(self, fused: Fused, reading: Reading, scales: TokenScales) -> None:
        """Let the token vectors of the first passages of each language decide among them."""
        languages = fused.to_be_matched()
        codes = await self._tokens.get(list(languages))
        fused.add_tokens(
            await score_tokens(
                reading.question_tokens(),
                codes,
                languages,
                language=reading.language,
                scales=scales,
                codec=self._codec,
            )
        )

    async def read_codes(self, hits: Sequence[SearchHit]) -> dict[str, bytes]:
        """Codes of the token vectors of the hits' passages, by passage id; some may have none."""
        return await self._tokens.get([hit.passage.id for hit in hits])

    async def read(
        self, ranking: Ranking, *, count: int, group_by: GroupBy = GroupBy.PASSAGE
    ) -> list[SearchHit]:
        """The first `count` passages, or the best passage of each of the first `count` articles.

        Fewer if there are no more; those withdrawn meanwhile are left out.
        """
        hits: list[SearchHit] = []
        articles: set[str] = set()
        rest = ranking.fused.ranked
        while rest and len(hits) < count:
            size = max(1, round((count - len(hits)) * READ_AHEAD))
            some, rest = rest[:size], rest[size:]
            found = await self._passages.get([one.passage_id for one in some])
            for one in some:
                passage = found.get(one.passage_id)
                if passage is None or len(hits) == count:
                    continue
                if group_by is GroupBy.ARTICLE and passage.header.id in articles:
                    continue
                articles.add(passage.header.id)
                hits.append(
                    SearchHit(
                        rank=len(hits) + 1,
                        score=one.score,
                        passage=passage.passage,
                        header=passage.header,
                        explain=partial(ranking.fused.explain, one.passage_id),
                    )
                )
        return hits


def _read_periods(text: str, *, language: str, now: datetime) -> tuple[Period, ...]:
    """In a thread, for files are read: expressions at the first question of a language, wording."""
    periods = read_periods(text, language=language, now=now)
    if periods:
        load_wording()
    return periods
