"""Token matches decide among the first passages, told in deviations of their own language."""

import numpy as np
import pytest

from core.token_codec import TokenCodec
from core.types import Match, Vectors
from retrieval.drawing import Drawn
from retrieval.fusion import Fused
from retrieval.parameters import DEFAULT_PARAMETERS
from retrieval.query import SearchMode, SearchQuery
from retrieval.token_leg import TokenScale, TokenScales, TokenScore, score_tokens
from tests.retrieval.plain_cohort import plain_cohort
from tests.retrieval.small_archive import PORT, TREATY, Archive, article
from tests.retrieval.test_search import FixedScales, fused, ids

DIMENSION = 64


def tokens_of(count: int, *, seed: int) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def codes_of(codec: TokenCodec, *, lengths: list[int], seed: int) -> list[bytes]:
    return [
        codec.encode(tokens_of(length, seed=seed + i), language="ar")
        for i, length in enumerate(lengths)
    ]


def test_unrelated_passages_score_about_0_whatever_their_length() -> None:
    cohort = plain_cohort(["ar", "en"], dimension=DIMENSION)
    long, short = (
        codes_of(cohort.codec, lengths=[length] * 40, seed=seed)
        for length, seed in ((200, 100), (20, 900))
    )
    scales = TokenScales(cohort, {"ar": long, "en": short})
    assert (
        scales.of(question="ar", passage="ar").mean
        > scales.of(question="ar", passage="en").mean + 0.05
    )


@pytest.mark.anyio
async def test_scores_are_of_each_passage_in_the_scale_of_its_language() -> None:
    cohort = plain_cohort(["ar", "en"], dimension=DIMENSION)
    sample = codes_of(cohort.codec, lengths=[60] * 30, seed=5)
    scales = TokenScales(cohort, {"ar": sample, "en": sample})
    question = tokens_of(6, seed=77)
    codes = {
        "holds it": cohort.codec.encode(
            np.concatenate([tokens_of(50, seed=8), question]), language="ar"
        ),
        "unrelated": cohort.codec.encode(tokens_of(56, seed=9), language="ar"),
    }
    languages = {"holds it": "ar", "unrelated": "en"}
    found = await score_tokens(
        question, codes, languages, language="ar", scales=scales, codec=cohort.codec
    )
    assert found["holds it"].match > 0.9
    assert found["holds it"].normalised > 3
    assert abs(found["unrelated"].normalised) < 3
    assert (
        await score_tokens(
            question[:0], codes, languages, language="ar", scales=scales, codec=cohort.codec
        )
        == {}
    )


def test_a_rare_language_is_told_by_the_whole_archive() -> None:
    cohort = plain_cohort(["ar", "en"], dimension=DIMENSION)
    common = codes_of(cohort.codec, lengths=[120] * 64, seed=1)
    # One unusually short English passage must not make the next one seem a great match.
    rare = codes_of(cohort.codec, lengths=[5], seed=4000)
    scales = TokenScales(cohort, {"ar": common, "en": rare})
    alone = TokenScales(cohort, {"en": rare}).of(question="ar", passage="en")
    mixed = scales.of(question="ar", passage="en")
    arabic = scales.of(question="ar", passage="ar")
    assert alone.mean < mixed.mean < arabic.mean
    assert mixed.mean - alone.mean > 3 * (arabic.mean - mixed.mean)
    unseen = scales.of(question="ar", passage="zh")
    assert unseen.mean == pytest.approx((64 * arabic.mean + alone.mean) / 65)


def test_a_scale_tells_deviations() -> None:
    assert TokenScale(0.4, 0.05).normalise(0.5) == pytest.approx(2.0)
    assert np.isfinite(TokenScale(0.4, 0.0).normalise(0.5))


def test_token_matches_rank_anew_and_unread_passages_get_the_lowest_of_their_language() -> None:
    # In deviations: ar1 2, ar2 1.5, ar3 0, en1 1.75.
    one = fused({"ar1": 0.84, "ar2": 0.83, "ar3": 0.80, "en1": 0.77}, language="fr")
    assert ids(one) == ["ar1", "en1", "ar2", "ar3"]
    one.add_tokens({"ar1": TokenScore(0.4, -1.0), "ar2": TokenScore(0.6, 2.0)})
    # Twice a deviation: 1.5 + 4, 2 - 2, 0 - 2; the first stands at 1.5 + .7 x 2, so all are moved
    # by -2.6. English ones were not read: 1.75.
    assert ids(one) == ["ar2", "en1", "ar1", "ar3"]
    assert [ranked.score for ranked in one.ranked] == pytest.approx([2.9, 1.75, -2.6, -4.6])
    why = one.explain("ar2")
    part, meeting = why.contributions[-2:]
    assert (part.name, part.value, part.weight) == ("tokens", 2.0, DEFAULT_PARAMETERS.tokens)
    assert part.note == "its words meet the question's by 0.600"
    assert (meeting.name, meeting.value) == ("meeting", pytest.approx(-2.6))
    assert meeting.note == "the best in ar stands as if tokens weighed 0.7"
    assert why.score_without("tokens", "meeting") == pytest.approx(1.5)
    unread = one.explain("ar3").contributions[-2]
    assert (unread.value, unread.note) == (-1.0, "not read: lowest read in ar")


@pytest.mark.anyio
async def test_a_search_reads_token_matches_and_says_so(archive: Archive) -> None:
    await archive.add([article("t", TREATY, "ar"), article("p", PORT, "en")])
    results = await archive.searcher.search(SearchQuery(text="How many containers?"))
    assert [hit.header.id for hit in results.hits] == ["p", "t"]
    for hit in results.hits:
        assert [part.name for part in hit.explain().contributions][-2:] == ["tokens", "meeting"]
    dense = await archive.searcher.search(SearchQuery(text="containers", mode=SearchMode.DENSE))
    for hit in dense.hits:
        assert [part.name for part in hit.explain().contributions] == ["dense"]


@pytest.mark.parametrize(("languages", "each"), [(1, 60), (2, 30), (5, 16)])
def test_languages_share_the_passages_that_are_matched(languages: int, each: int) -> None:
    # French is asked in, so that no words count; the names of languages are two letters.
    names = ["ar", "en", "es", "tr", "zh"][:languages]
    scales = FixedScales(dict.fromkeys(names, (0.8, 0.02)))
    dense = {f"{name}{number:03}": 0.9 - number / 1e4 for name in names for number in range(80)}
    drawn = Drawn(
        dense=[Match(key, score) for key, score in dense.items()],
        lexical=[],
        languages={key: key[:2] for key in dense},
    )
    one = Fused(drawn, scales=scales, language="fr", mode=SearchMode.HYBRID)
    matched = one.to_be_matched()
    assert matched == {f"{name}{number:03}": name for name in names for number in range(each)}
