"""The archive is looked at now and then, and sampled anew when it has changed."""

import pytest

from core.backends.memory_store import MemoryStore
from core.identity import IndexIdentity
from core.vectors import SampledPassages
from retrieval.archive import MAX_AGE_S
from retrieval.archive import Archive as ArchiveOfStore
from tests.retrieval.plain_cohort import plain_cohort
from tests.retrieval.small_archive import PORT, TREATY, Archive, article


class CountingStore(MemoryStore):
    """Notes which languages were sampled."""

    def __init__(self, identity: IndexIdentity) -> None:
        super().__init__(identity)
        self.sampled: list[str] = []

    async def sample_passages(self, language: str, *, count: int) -> SampledPassages:
        self.sampled.append(language)
        return await super().sample_passages(language, count=count)


@pytest.mark.anyio
async def test_a_view_is_kept_a_while_and_made_anew_when_a_language_comes(
    identity: IndexIdentity,
) -> None:
    now = 0.0
    archive = Archive(identity)
    archive.store = store = CountingStore(identity)
    cohort = plain_cohort(["ar", "en"], dimension=identity.embedder.dimension)
    looked = ArchiveOfStore(store, cohort, clock=lambda: now)
    await archive.add([article("t", TREATY, "ar")])
    first = await looked.view()
    assert first.languages == ("ar",)
    assert store.sampled == ["ar"]
    await archive.add([article("p", PORT, "en")])
    assert await looked.view() is first
    now += MAX_AGE_S + 1
    assert (await looked.view()).languages == ("ar", "en")
    assert store.sampled == ["ar", "ar", "en"]
    now += MAX_AGE_S + 1
    await looked.view()
    assert len(store.sampled) == 3


@pytest.mark.anyio
async def test_an_empty_archive_has_a_view_too(identity: IndexIdentity) -> None:
    cohort = plain_cohort(["ar"], dimension=identity.embedder.dimension)
    view = await ArchiveOfStore(MemoryStore(identity), cohort).view()
    assert view.languages == ()
    assert view.token_scales.of(question="ar", passage="ar").normalise(0.5) == 0.5
