"""Each row is the product, or the product without the part that its name says."""

import numpy as np
import pytest

from benchmarks.retrieval_baselines import Bm25
from benchmarks.retrieval_rows import ROWS, OneScale, Parts, product
from core.identity import IndexIdentity
from core.types import Vectors
from retrieval.cohort import Cohort, LanguageCohort
from retrieval.fusion import LEXICAL_NEUTRAL, LEXICAL_WEIGHT
from retrieval.query import SearchHit, SearchMode, SearchQuery
from tests.retrieval.small_archive import NOW, PORT, TREATY, Archive, article

pytestmark = pytest.mark.anyio

QUESTION = "ماذا تنص المعاهدة؟"


def towards(direction: int, *, seed: int) -> LanguageCohort:
    """Texts of a language: noise around one direction."""
    rows = np.random.default_rng(seed).normal(scale=0.05, size=(40, 256)).astype(np.float32)
    rows[:, direction] += 1
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    mean = np.zeros(256, dtype=np.float32)
    return LanguageCohort(vectors=rows, question_token_mean=mean, passage_token_mean=mean)


COHORT = Cohort({"ar": towards(0, seed=1), "en": towards(1, seed=2)})


@pytest.fixture
async def parts(identity: IndexIdentity) -> Parts:
    archive = Archive(identity)
    await archive.add([article("treaty", TREATY, "ar"), article("port", PORT, "en")])
    passages = [
        passage for key in ("treaty", "port") for passage in await archive.store.get_passages(key)
    ]
    return Parts(
        embedder=archive.embedder,
        store=archive.store,
        lexical=archive.lexical,
        cohort=COHORT,
        bm25=Bm25({passage.id: passage.text for passage in passages}),
        now=NOW,
    )


async def hits(parts: Parts, row: str, text: str = QUESTION) -> dict[str, SearchHit]:
    found = await ROWS[row](parts).search(SearchQuery(text=text))
    return {hit.header.id: hit for hit in found.hits}


def question() -> Vectors:
    vector = np.zeros(256, np.float32)
    vector[0] = vector[2] = np.sqrt(0.5)
    return vector


def test_one_scale_is_the_average_and_the_same_for_every_language() -> None:
    fair, blind = COHORT.scales(question()), OneScale(COHORT).scales(question())
    assert fair.normalise(0.7, language="ar") != pytest.approx(fair.normalise(0.7, language="en"))
    for cosine in (-0.2, 0.0, 0.7):
        average = fair.normalise(cosine, language="fa")
        for language in ("ar", "en", "fa"):
            assert blind.normalise(cosine, language=language) == pytest.approx(average)


async def test_a_row_of_one_leg_is_the_search_of_that_mode(parts: Parts) -> None:
    for row, mode in (
        ("without words", SearchMode.DENSE),
        ("without vectors", SearchMode.LEXICAL),
    ):
        expected = await product(parts).search(SearchQuery(text=QUESTION, mode=mode))
        found = await hits(parts, row)
        assert [(hit.header.id, hit.score) for hit in expected.hits] == [
            (key, hit.score) for key, hit in found.items()
        ]


async def test_without_a_neutral_point_own_passages_gain_what_it_took(parts: Parts) -> None:
    with_point, without = await hits(parts, "sanad"), await hits(parts, "without a neutral point")
    gained = {key: hit.score - with_point[key].score for key, hit in without.items()}
    assert gained == {
        "treaty": pytest.approx(LEXICAL_WEIGHT * LEXICAL_NEUTRAL),
        "port": pytest.approx(0),
    }


async def test_every_row_searches_in_any_script(parts: Parts) -> None:
    for row in ROWS:
        for text, article_id in (("المعاهدة", "treaty"), ("بندر Ras Manar 2024 🚢", "port")):
            found = await hits(parts, row, text)
            assert article_id in found
            assert [hit.rank for hit in found.values()] == list(range(1, len(found) + 1))
