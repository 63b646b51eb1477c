"""What the read path knows of the archive as a whole: its languages and its scales."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from core.ports import IndexStore
from retrieval.cohort import Cohort
from retrieval.scales import Moments, Scales
from retrieval.token_leg import TokenScales

MAX_AGE_S = 30.0
"""How long counts are believed."""

SAMPLED_PASSAGES = 1_000
"""Of each language, for means and covariances; half a megabyte and some 30 ms each."""

SAMPLED_CODES = 64
"""Of each language, for the scales of token matches."""

MAX_SAMPLED_LANGUAGES = 12

RESAMPLED_CHANGE = 0.2
"""Share by which a language must have grown or shrunk to be sampled anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveView:
    """Articles, languages with most passages first, and scales: as they were a short while ago."""

    articles: int
    languages: tuple[str, ...]
    scales: Scales
    token_scales: TokenScales


class Archive:
    """Looks at a store now and then; used from one event loop."""

    def __init__(
        self,
        store: IndexStore,
        cohort: Cohort,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._cohort = cohort
        self._clock = clock
        self._looked_at = float("-inf")
        self._sampled: Mapping[str, int] = {}
        self._view: ArchiveView | None = None

    async def view(self) -> ArchiveView:
        """The archive as it is, or was at most MAX_AGE_S ago; raises what the store raises."""
        now = self._clock()
        if self._view is not None and now - self._looked_at <= MAX_AGE_S:
            return self._view
        status = await self._store.status()
        counts = status.languages
        languages = tuple(sorted(counts, key=lambda name: (-counts[name], name)))
        if self._view is None or _has_changed(self._sampled, counts):
            self._view = await self._sample(languages, articles=status.articles)
            self._sampled = counts
        else:
            self._view = replace(self._view, articles=status.articles, languages=languages)
        self._looked_at = now
        return self._view

    async def _sample(self, languages: tuple[str, ...], *, articles: int) -> ArchiveView:
        moments: dict[str, Moments] = {}
        codes: dict[str, list[bytes]] = {}
        for language in languages[:MAX_SAMPLED_LANGUAGES]:
            found = await self._store.sample_passages(language, count=SAMPLED_PASSAGES)
            if not found.ids:  # withdrawn meanwhile
                continue
            moments[language] = Moments.of(found.vectors)
            kept = await self._store.read_tokens(found.ids[:SAMPLED_CODES])
            codes[language] = list(kept.values())
        return ArchiveView(
            articles=articles,
            languages=languages,
            scales=Scales(self._cohort, moments),
            token_scales=TokenScales(self._cohort, codes),
        )


def _has_changed(before: Mapping[str, int], now: Mapping[str, int]) -> bool:
    return any(
        abs(now.get(language, 0) - before.get(language, 0))
        > RESAMPLED_CHANGE * before.get(language, 0)
        for language in {*before, *now}
    )
