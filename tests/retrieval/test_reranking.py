"""A reranker puts the first passages in its own order, and changes nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sentence_transformers import CrossEncoder

from core.backends.cross_encoder_reranker import CrossEncoderReranker
from core.backends.memory_reranker import OverlapReranker
from core.errors import RerankerUnavailable
from core.identity import RerankerIdentity
from core.ports import Reranker
from core.types import ArticleHeader, FoundPassage, Passage, PassageFilter
from retrieval.fusion import Ranked
from retrieval.query import (
    Contribution,
    Explanation,
    GroupBy,
    Question,
    SearchHit,
    SearchMode,
    SearchQuery,
)
from retrieval.reranking import Reranked, Reranking, as_read
from tests.core.backends.tiny_cross_encoder import write_cross_encoder
from tests.retrieval.small_archive import PORT, TREATY, Archive, article

pytestmark = pytest.mark.anyio

FUSED = {"a": 4.0, "b": 3.0, "c": 3.0, "د": 1.0, "e": -2.0}
QUESTION = "When do the new cranes arrive at the port of Ras Manar?"


class Legs:
    """A ranking of `FUSED`, with one part that is the whole score."""

    ranked = [Ranked(key, score) for key, score in FUSED.items()]

    def explain(self, passage_id: str) -> Explanation:
        score = FUSED[passage_id]
        return Explanation(
            dense_score=0.8,
            dense_rank=1,
            lexical_score=None,
            lexical_rank=None,
            dense_normalised=score,
            lexical_normalised=0.0,
            lexical_weight=0.0,
            question_language="ar",
            fused_rank=list(FUSED).index(passage_id) + 1,
            contributions=(Contribution(name="dense", value=score, weight=1.0, note="cosine"),),
        )


class Scores:
    """A reranker that gives each text the score that a test says, and remembers what it read."""

    identity = RerankerIdentity(model="said", revision="1", precision="exact", max_tokens=1_000)

    def __init__(self, scores: Mapping[str, float]) -> None:
        self._scores = scores
        self.read: list[str] = []

    async def score(self, question: str, texts: Sequence[str]) -> list[float]:
        self.read += [f"{question}|{text}" for text in texts]
        return [self._scores[text.split("\n")[1]] for text in texts]


async def read(keys: Sequence[str]) -> dict[str, FoundPassage]:
    """Every passage but "c", which was withdrawn; its text is its id."""
    return {
        key: FoundPassage(
            passage=Passage(
                id=key,
                article_id=key,
                order=0,
                start=0,
                end=len(key),
                text=key,
                language="ar",
                tokens=1,
            ),
            header=ArticleHeader(id=key, title="عنوان 🌍", language="ar"),
        )
        for key in keys
        if key != "c"
    }


def order(one: Reranked) -> list[tuple[str, float]]:
    return [(ranked.passage_id, ranked.score) for ranked in one.ranked]


def why_moved(one: Reranked, key: str) -> Contribution:
    (part,) = [part for part in one.explain(key).contributions if part.name == "reranker"]
    return part


async def test_the_first_passages_are_read_with_title_and_question_and_no_others() -> None:
    reranker = Scores({"a": 0.1, "b": 0.2, "د": 0.3})
    await Reranking(reranker, depth=2).reorder("ما المعاهدة؟", Legs(), read=read)

    assert reranker.read == ["ما المعاهدة؟|عنوان 🌍\na", "ما المعاهدة؟|عنوان 🌍\nb"]


def test_they_take_the_scores_of_the_places_that_they_move_to() -> None:
    one = Reranked(Legs(), {"a": 0.1, "b": 0.2, "c": 0.9}, depth=3)

    assert order(one) == [("c", 4.0), ("b", 3.0), ("a", 3.0), ("د", 1.0), ("e", -2.0)]


def test_equal_scores_keep_the_order_that_the_legs_gave() -> None:
    one = Reranked(Legs(), dict.fromkeys(FUSED, 0.5), depth=5)

    assert order(one) == list(FUSED.items())


async def test_a_passage_withdrawn_meanwhile_is_left_out_and_leaves_no_gap() -> None:
    reranking = Reranking(Scores({"a": 0.1, "b": 0.2, "د": 0.3}), depth=4)
    one = await reranking.reorder("سؤال", Legs(), read=read)

    assert order(one) == [("د", 4.0), ("b", 3.0), ("a", 1.0), ("e", -2.0)]
    assert one.explain("د").reranker_rank == 1


async def test_nothing_found_is_nothing_to_read() -> None:
    class Nothing(Legs):
        ranked: list[Ranked] = []

    one = await Reranking(Scores({}), depth=30).reorder("سؤال", Nothing(), read=read)

    assert order(one) == []


def test_what_a_passage_gains_or_loses_is_told() -> None:
    one = Reranked(Legs(), {"a": 0.25, "b": 0.75}, depth=2)
    up, down = why_moved(one, "b"), why_moved(one, "a")

    assert (up.adds, up.note) == (1.0, "reads as 0.750, from place 2 to 1")
    assert (down.adds, down.note) == (-1.0, "reads as 0.250, from place 1 to 2")
    assert one.explain("b").reranker_score == 0.75
    assert (
        why_moved(Reranked(Legs(), {"a": 0.9}, depth=1), "a").note == "reads as 0.900, stays at 1"
    )


def test_a_passage_that_was_not_read_has_no_part_of_the_reranker() -> None:
    why = Reranked(Legs(), {"a": 0.25, "b": 0.75}, depth=2).explain("c")

    assert why == Legs().explain("c")
    assert (why.reranker_score, why.reranker_rank) == (None, None)


def test_the_parts_of_a_reranked_passage_sum_to_its_score() -> None:
    one = Reranked(Legs(), {"a": 0.1, "b": 0.7, "c": 0.3, "د": 0.9}, depth=4)

    for key, score in order(one):
        assert sum(part.adds for part in one.explain(key).contributions) == pytest.approx(score)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_cross_encoder(tmp_path / "tiny")


async def filled(archive: Archive, reranker: Reranker | None, *, depth: int = 30) -> Archive:
    """Twelve articles on the port, which differ where a tiny model still reads, one on a treaty."""
    ports = [
        article(f"port-{n}", f"{'Cranes ' * (n % 4)}at berth {n}. {PORT}", "en") for n in range(12)
    ]
    await archive.add([*ports, article("treaty", TREATY, "ar")])
    archive.rerank(reranker, depth=depth)
    return archive


async def hits_of(
    archive: Archive, *, mode: SearchMode = SearchMode.HYBRID, limit: int = 100
) -> tuple[SearchHit, ...]:
    query = SearchQuery(text=QUESTION, mode=mode, limit=limit, group_by=GroupBy.PASSAGE)
    return (await archive.searcher.search(query)).hits


def ids(hits: Sequence[SearchHit]) -> list[str]:
    return [hit.header.id for hit in hits]


@pytest.mark.parametrize("mode", [SearchMode.HYBRID, SearchMode.DENSE])
async def test_results_stand_in_the_order_of_a_real_cross_encoder(
    archive: Archive, folder: Path, mode: SearchMode
) -> None:
    plain = await hits_of(await filled(archive, None), mode=mode)
    reranker = CrossEncoderReranker(folder, model="folder:tiny", revision="1")
    found = await hits_of(await filled(archive, reranker, depth=8), mode=mode)

    pairs = [
        (QUESTION, as_read(FoundPassage(passage=hit.passage, header=hit.header)))
        for hit in plain[:8]
    ]
    scores = CrossEncoder(str(folder), device="cpu").predict(pairs).tolist()
    by_score = sorted(zip(scores, ids(plain[:8]), strict=True), key=lambda pair: -pair[0])
    assert ids(found) == [key for _, key in by_score] + ids(plain[8:])
    assert ids(found) != ids(plain)
    assert [hit.explain().reranker_score for hit in found[:8]] == pytest.approx(
        sorted(scores, reverse=True), abs=1e-5
    )
    assert [hit.score for hit in found] == [hit.score for hit in plain]


@pytest.mark.parametrize("mode", [SearchMode.HYBRID, SearchMode.DENSE])
async def test_the_parts_of_every_result_sum_to_its_score(
    archive: Archive, mode: SearchMode
) -> None:
    found = await hits_of(await filled(archive, OverlapReranker(), depth=5), mode=mode)

    assert len(found) == 13
    for hit in found:
        parts = hit.explain().contributions
        assert sum(part.adds for part in parts) == pytest.approx(hit.score)
        assert ("reranker" in [part.name for part in parts]) == (hit.rank <= 5)


async def test_a_search_by_words_alone_is_not_reranked(archive: Archive) -> None:
    await filled(archive, Scores({}))  # which would fail on any text
    query = SearchQuery(text="port containers", mode=SearchMode.LEXICAL)
    results = await archive.searcher.search(query)

    assert len(results.hits) == 10
    assert set(results.timing_ms) == {"embed", "search"}


async def test_its_time_is_told_apart(archive: Archive) -> None:
    await filled(archive, OverlapReranker())
    results = await archive.searcher.search(SearchQuery(text="port containers"))

    assert list(results.timing_ms) == ["embed", "search", "rerank"]


async def test_pages_follow_one_another_without_gap_or_overlap(archive: Archive) -> None:
    await filled(archive, OverlapReranker(), depth=7)
    query = SearchQuery(text=QUESTION, limit=4)
    whole = await archive.searcher.search(replace(query, limit=12))
    pages = [await archive.searcher.search(replace(query, offset=at)) for at in (0, 4, 8)]

    assert [key for page in pages for key in ids(page.hits)] == ids(whole.hits)


async def test_a_passage_that_the_reranker_prefers_is_what_is_grouped(archive: Archive) -> None:
    await archive.add([article("port", PORT, "en"), article("treaty", TREATY, "ar")])
    archive.rerank(Scores({PORT.split("\n")[0]: 0.1, TREATY.split("\n")[0]: 0.9}), depth=30)
    results = await archive.searcher.search(SearchQuery(text=QUESTION))

    assert ids(results.hits) == ["treaty", "port"]


class PrefersTreaties(OverlapReranker):
    async def score(self, question: str, texts: Sequence[str]) -> list[float]:
        return [float("المعاهدة" in text) for text in texts]


async def test_answers_read_the_passages_that_the_reranker_prefers(archive: Archive) -> None:
    read = {}
    for reranker in (None, PrefersTreaties()):
        await filled(archive, reranker)
        ranking = await archive.searcher.rank(QUESTION, where=PassageFilter())
        evidence = await archive.answerer.weigh(ranking)
        read[reranker is not None] = {piece.candidate.hit.header.id for piece in evidence}

    assert "treaty" not in read[False]
    assert "treaty" in read[True]
    assert "rerank" in (await archive.answerer.answer(Question(text=QUESTION))).timing_ms


async def test_what_is_stored_does_not_change(archive: Archive) -> None:
    await filled(archive, None)
    before = [stored async for stored in archive.store.iterate_articles()]
    archive.rerank(OverlapReranker(), depth=30)
    await hits_of(archive)

    assert [stored async for stored in archive.store.iterate_articles()] == before


async def test_a_fault_of_the_reranker_is_a_fault_and_never_the_plain_order(
    archive: Archive,
) -> None:
    class Broken(Scores):
        async def score(self, question: str, texts: Sequence[str]) -> list[float]:
            raise RerankerUnavailable("not enough memory")

    await filled(archive, Broken({}))
    with pytest.raises(RerankerUnavailable):
        await hits_of(archive)
