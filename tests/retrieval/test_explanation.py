"""The parts of an explanation sum to the score, and say where they come from."""

import json

import pytest

from core.types import Match
from retrieval.drawing import Drawn
from retrieval.fusion import Fused
from retrieval.parameters import DEFAULT_PARAMETERS
from retrieval.query import Contribution, Explanation, GroupBy, SearchMode, SearchQuery
from tests.retrieval.small_archive import PORT, TREATY, Archive, article
from tests.retrieval.test_search import FixedScales

LEXICAL_NEUTRAL = DEFAULT_PARAMETERS.lexical_neutral
LEXICAL_WEIGHT = DEFAULT_PARAMETERS.lexical

SCALES = FixedScales({"ar": (0.8, 0.02), "en": (0.7, 0.04)})
DENSE = {"en1": 0.86, "ar1": 0.84, "ar2": 0.82, "en2": 0.74}
LEXICAL = {"ar1": 12.5, "ar3": 5.0}


def fused(mode: SearchMode = SearchMode.HYBRID) -> Fused:
    """An Arabic question; an id begins with the passage's language."""
    dense = {} if mode is SearchMode.LEXICAL else DENSE
    lexical = {} if mode is SearchMode.DENSE else LEXICAL
    drawn = Drawn(
        dense=[Match(key, score) for key, score in dense.items()],
        lexical=[Match(key, score) for key, score in lexical.items()],
        languages={key: key[:2] for key in (*dense, *lexical)},
    )
    return Fused(drawn, scales=SCALES, language="ar", mode=mode)


def part(why: Explanation, name: str) -> Contribution:
    (found,) = [one for one in why.contributions if one.name == name]
    return found


@pytest.mark.parametrize("mode", list(SearchMode))
def test_the_parts_sum_to_the_score(mode: SearchMode) -> None:
    one = fused(mode)

    assert one.ranked
    for place, ranked in enumerate(one.ranked, 1):
        why = one.explain(ranked.passage_id)
        assert sum(each.adds for each in why.contributions) == pytest.approx(ranked.score)
        assert why.fused_rank == place


@pytest.mark.parametrize(
    ("mode", "names"),
    [
        (SearchMode.HYBRID, ["dense", "lexical"]),
        (SearchMode.DENSE, ["dense"]),
        (SearchMode.LEXICAL, ["lexical"]),
    ],
)
def test_only_the_legs_that_take_part_have_a_part(mode: SearchMode, names: list[str]) -> None:
    one = fused(mode)

    for ranked in one.ranked:
        assert [each.name for each in one.explain(ranked.passage_id).contributions] == names


def test_a_part_says_rank_raw_score_normalised_score_and_weight() -> None:
    why = fused().explain("ar1")

    dense, lexical = part(why, "dense"), part(why, "lexical")
    # (0.84 - 0.80) / 0.02 = 2 deviations.
    assert (dense.value, dense.weight) == (pytest.approx(2.0), 1.0)
    assert dense.note == "place 2 by meaning, cosine 0.840"
    assert (lexical.value, lexical.weight) == (1 - LEXICAL_NEUTRAL, LEXICAL_WEIGHT)
    assert lexical.note == "place 1 by words, 12.50: 1.00 of best - 0.95"
    assert (why.dense_score, why.dense_rank) == (0.84, 2)
    assert (why.lexical_score, why.lexical_rank) == (12.5, 1)


def test_words_have_no_weight_between_languages_and_the_note_says_so() -> None:
    why = fused().explain("en1")

    lexical = part(why, "lexical")
    assert (lexical.weight, why.lexical_weight, why.question_language) == (0.0, 0.0, "ar")
    assert str(lexical.adds) == "0.0"  # not -0.0
    assert lexical.note == "words count in ar only"


def test_what_a_leg_did_not_find_is_said() -> None:
    one = fused()

    by_words = one.explain("ar3")
    assert part(by_words, "dense").note == "not found by meaning: lowest found in ar"
    assert part(by_words, "dense").value == pytest.approx(1.0)
    assert (by_words.dense_score, by_words.dense_rank) == (None, None)
    by_meaning = one.explain("ar2")
    assert part(by_meaning, "lexical").note == "not found by words, 0.00: 0.00 of best - 0.95"
    assert (by_meaning.lexical_score, by_meaning.lexical_rank) == (None, None)


def test_as_a_dict_it_is_plain_json_with_what_each_part_adds() -> None:
    values = fused().explain("ar1").as_dict()

    assert json.loads(json.dumps(values)) == values
    assert values["contributions"] == [
        {
            "name": "dense",
            "value": pytest.approx(2.0),
            "weight": 1.0,
            "note": "place 2 by meaning, cosine 0.840",
            "adds": pytest.approx(2.0),
        },
        {
            "name": "lexical",
            "value": 1 - LEXICAL_NEUTRAL,
            "weight": LEXICAL_WEIGHT,
            "note": "place 1 by words, 12.50: 1.00 of best - 0.95",
            "adds": LEXICAL_WEIGHT * (1 - LEXICAL_NEUTRAL),
        },
    ]


@pytest.mark.anyio
@pytest.mark.parametrize("mode", list(SearchMode))
@pytest.mark.parametrize("text", ["ماذا تنص معاهدة موسكو وبيونغ يانغ؟", "port of Ras Manar 2024"])
async def test_the_parts_of_every_result_of_a_search_sum_to_its_score(
    archive: Archive, mode: SearchMode, text: str
) -> None:
    await archive.add([
        article("treaty", TREATY, "ar"),
        article("port", PORT, "en"),
        article("mixed", "بلغ ميناء Ras Manar 🚢 2.07 مليون حاوية في 2024.", "ar"),
    ])
    query = SearchQuery(text=text, mode=mode, group_by=GroupBy.PASSAGE)
    hits = (await archive.searcher.search(query)).hits

    assert hits
    for hit in hits:
        parts = hit.explain().contributions
        assert sum(each.adds for each in parts) == pytest.approx(hit.score)
