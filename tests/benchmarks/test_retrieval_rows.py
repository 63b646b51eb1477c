"""Each row is the product, or the product without the part that its name says."""

import pytest

from benchmarks.retrieval_baselines import Bm25
from benchmarks.retrieval_rows import ROWS, Parts, product
from core.identity import IndexIdentity
from retrieval.parameters import DEFAULT_PARAMETERS
from retrieval.query import SearchHit, SearchMode, SearchQuery
from tests.retrieval.plain_cohort import plain_cohort
from tests.retrieval.small_archive import NOW, PORT, TREATY, Archive, article

pytestmark = pytest.mark.anyio

QUESTION = "ماذا تنص المعاهدة؟"


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
        cohort=plain_cohort(["ar", "en"], dimension=256),
        bm25=Bm25({passage.id: passage.text for passage in passages}),
        now=NOW,
    )


async def hits(parts: Parts, row: str, text: str = QUESTION) -> dict[str, SearchHit]:
    found = await ROWS[row](parts).search(SearchQuery(text=text))
    return {hit.header.id: hit for hit in found.hits}


async def test_a_row_of_one_leg_is_the_search_of_that_mode(parts: Parts) -> None:
    for row, mode in (
        ("without words and tokens", SearchMode.DENSE),
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
        "treaty": pytest.approx(DEFAULT_PARAMETERS.lexical * DEFAULT_PARAMETERS.lexical_neutral),
        "port": pytest.approx(0),
    }


async def test_without_tokens_nothing_is_added_for_them(parts: Parts) -> None:
    with_tokens, without = await hits(parts, "sanad"), await hits(parts, "without tokens")
    for key, hit in without.items():
        names = [
            {part.name for part in one[key].explain().contributions}
            for one in (with_tokens, without)
        ]
        assert names[0] - names[1] == {"tokens", "meeting"}
        assert hit.score == pytest.approx(
            with_tokens[key].explain().score_without("tokens", "meeting")
        )


async def test_every_row_searches_in_any_script(parts: Parts) -> None:
    for row in ROWS:
        for text, article_id in (("المعاهدة", "treaty"), ("بندر Ras Manar 2024 🚢", "port")):
            found = await hits(parts, row, text)
            assert article_id in found
            assert [hit.rank for hit in found.values()] == list(range(1, len(found) + 1))
