"""Evidence: the sentences of passages with their own tokens, and what speaks for each."""

from collections.abc import Sequence

import numpy as np
import pytest

from core.backends.memory_embedder import HashingEmbedder, WordCounter
from core.ids import passage_id
from core.passage_encoder import TokenPassageEncoder
from core.ports import FullEmbedder, TokenLocator
from core.types import ArticleHeader, Passage, TokenVectors, Vectors
from retrieval.evidence.candidates import Candidate, Found, find_candidates
from retrieval.evidence.matches import agreement, match_columns
from retrieval.evidence.ranking import FEATURES, describe, evidence_weights, rank_evidence
from retrieval.evidence.words import word_columns
from retrieval.query import SearchHit
from retrieval.reading import Reading
from retrieval.scales import Scales
from tests.core.backends.real_model import bundled_parts
from tests.retrieval.explanations import explanation
from tests.retrieval.plain_cohort import plain_cohort

pytestmark = pytest.mark.anyio

LANGUAGES = ("ar", "en", "fa", "tr", "zh")
BODIES = {
    "ar": "وقّعت موسكو وبيونغ يانغ معاهدةً في ١٩ يونيو ٢٠٢٤. تنصّ على المساعدة المتبادلة؟ نعـم!",
    "en": "The port handled 2.07 million containers in 2024. Two cranes arrive in spring 🚢.",
    "fa": "وزیر نیرو گفت که کتاب‌های تازه می‌آیند. قیمت نفت به ۸۳ دلار رسید.",
    "tr": "Köprü 2023'te açıldı. Açılışa on binlerce kişi katıldı.\nIğdır'dan gelenler vardı.",
    "zh": "大桥于2023年通车。数万人参加了仪式！他们从各地赶来。",
}
TITLE = "معاهدة الشراكة"


def hit_of(body: str, language: str, *, key: str = "a", rank: int = 1) -> SearchHit:
    passage = Passage(
        id=passage_id(key, 0, "hash"),
        article_id=key,
        order=0,
        start=100,
        end=100 + len(body),
        text=body,
        language=language,
        tokens=20,
    )
    return SearchHit(
        rank=rank,
        score=1.0,
        passage=passage,
        header=ArticleHeader(id=key, title=TITLE, language=language),
        explain=lambda: explanation(question_language=language, fused_rank=rank),
    )


async def found_in(
    hits: Sequence[SearchHit], *, embedder: FullEmbedder, locator: TokenLocator, title: str = ""
) -> Found:
    """The candidates of `hits` as if each passage had been indexed below `title`."""
    dimension = embedder.identity.dimension
    codec = plain_cohort(LANGUAGES, dimension=dimension).codec
    texts = [f"{title}\n{hit.passage.text}" if title else hit.passage.text for hit in hits]
    encoded = await TokenPassageEncoder(embedder, codec).encode(
        texts, languages=[hit.passage.language for hit in hits]
    )
    codes = {hit.passage.id: one.codes for hit, one in zip(hits, encoded, strict=True)}
    return find_candidates(hits, codes, locator=locator, codec=codec, dimension=dimension)


@pytest.mark.parametrize("language", BODIES)
@pytest.mark.parametrize("title", ["", TITLE])
@pytest.mark.parametrize("model", ["bundled", "double"])
async def test_each_sentence_has_the_tokens_that_were_read_of_it(
    language: str, title: str, model: str
) -> None:
    parts = bundled_parts()
    embedder: FullEmbedder = parts.embedder if model == "bundled" else HashingEmbedder()
    locator: TokenLocator = parts.token_counter if model == "bundled" else WordCounter()
    hit = hit_of(BODIES[language], language)
    found = await found_in([hit], embedder=embedder, locator=locator, title=title)
    assert [one.text for one in found.candidates] == [
        BODIES[language][one.start - 100 : one.end - 100] for one in found.candidates
    ]
    assert len(found.candidates) >= 2
    # Before it joins a text, a sentence reads as by itself: as many tokens, but for the blank
    # that some tokenizers put before the first word of a text.
    alone = locator.count_tokens([one.text for one in found.candidates])
    for candidate, count in zip(found.candidates, alone, strict=True):
        assert len(candidate.tokens) in {count, count - 1}
    assert len(found.titles[hit.passage.id]) == locator.count_tokens([title])[0]


async def test_a_sentence_is_met_best_by_its_own_words() -> None:
    parts = bundled_parts()
    found = await found_in(
        [hit_of(BODIES["en"], "en")], embedder=parts.embedder, locator=parts.token_counter
    )
    columns = match_columns(await asked("How many containers were handled?"), found)
    assert columns["own_match"][0] > columns["own_match"][1]
    assert columns["claimed"][0] > columns["claimed"][1]
    # Together they are the passage.
    assert columns["window_match"] == pytest.approx(columns["passage_match"])


async def asked(question: str) -> Vectors:
    [read] = await bundled_parts().embedder.embed_query_tokens([question])
    codec = plain_cohort(LANGUAGES, dimension=384).codec
    return codec.centred_question(read.tokens, language="en")


async def test_passages_that_an_index_keeps_no_tokens_of_still_have_sentences() -> None:
    hit = hit_of(BODIES["ar"], "ar")
    codec = plain_cohort(LANGUAGES, dimension=256).codec
    found = find_candidates([hit], {}, locator=WordCounter(), codec=codec, dimension=256)
    assert len(found.candidates) == 3
    rows = describe(reading_of("متى وقعت المعاهدة؟"), found)
    assert rows.shape == (3, len(FEATURES))
    assert np.isfinite(rows).all()


async def test_no_passages_give_no_evidence() -> None:
    codec = plain_cohort(LANGUAGES, dimension=256).codec
    found = find_candidates([], {}, locator=WordCounter(), codec=codec, dimension=256)
    assert found.candidates == ()
    assert rank_evidence(reading_of("متى؟"), found) == []


def reading_of(question: str) -> Reading:
    cohort = plain_cohort(LANGUAGES, dimension=256)
    tokens = HashingEmbedder()._embed(question.split())
    pooled = HashingEmbedder()._embed([question])[0]
    return Reading(
        text=question,
        language="ar",
        vectors=TokenVectors(pooled=pooled, tokens=tokens),
        scales=Scales(cohort, {}).of_question(pooled, language="ar"),
        codec=cohort.codec,
    )


def test_what_two_articles_say_agrees_and_what_one_says_twice_does_not() -> None:
    one, other = np.eye(8, dtype=np.float32)[[0, 1]], np.eye(8, dtype=np.float32)[[4, 5]]
    told = [("a", one), ("a", one), ("b", one), ("c", other)]
    found = agreement([candidate_of("جملة", key=key, tokens=tokens) for key, tokens in told])
    assert found == pytest.approx([1.0, 1.0, 1.0, 0.0])


def candidate_of(text: str, *, key: str = "a", tokens: Vectors | None = None) -> Candidate:
    empty = np.zeros((0, 8), dtype=np.float32)
    return Candidate(
        hit=hit_of(text, "ar", key=key),
        start=100,
        end=100 + len(text),
        text=text,
        order=0,
        tokens=empty if tokens is None else tokens,
    )


def test_figures_count_in_any_digits_and_from_the_sentence_before() -> None:
    texts = ["في عام ٢٠٢٤ افتُتح الميناء.", "بلغ عدد الحاويات مليونين و70 ألفاً.", "قال المدير ذلك."]
    candidates = [candidate_of(text) for text in texts]
    columns = word_columns(reading_of("كم عدد الحاويات في 2024؟"), candidates)
    assert columns["figures_missing"] == [0.0, 0.0, 1.0]
    assert columns["figure_wanted_given"] == [0.0, 1.0, 0.0]
    assert columns["figure_wanted_not_given"] == [1.0, 0.0, 1.0]


def test_every_signal_has_a_weight() -> None:
    assert evidence_weights().shape == (len(FEATURES),)
    assert np.abs(evidence_weights()).sum() > 0
