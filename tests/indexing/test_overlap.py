"""Overlapping passages: exact, within the budget, covering, and repeating whole sentences."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.types import Passage
from indexing.chunking import Chunker
from indexing.cleaning import find_boilerplate
from indexing.display import display_text
from indexing.shape import PassageShape
from tests.indexing.chunks import BODIES, SENTENCES, PieceCounter, article, identity


class LetterCounter:
    """A token for every four letters of a word: the parts of a text never count less than it."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [sum(-(-len(word) // 4) for word in text.split()) for text in texts]


def chunker(most: int, overlap: int, sentences: int | None = None) -> Chunker:
    return Chunker(
        LetterCounter(),
        embedder=identity(),
        shape=PassageShape(most_tokens=most, overlap_tokens=overlap, overlap_sentences=sentences),
    )


def require_cover(body: str, passages: Sequence[Passage]) -> None:
    """Every visible character lies in a passage or in boilerplate, and in never both."""
    held = bytearray(len(body))
    for order, passage in enumerate(passages):
        assert passage.order == order
        assert passage.text == body[passage.start : passage.end] == passage.text.strip() != ""
        held[passage.start : passage.end] = b"\1" * (passage.end - passage.start)
    for start, end in find_boilerplate(body):
        assert not any(held[start:end])
        held[start:end] = b"\1" * (end - start)
    assert all(
        covered or character.isspace() for character, covered in zip(body, held, strict=True)
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=BODIES,
    most=st.integers(min_value=48, max_value=400),
    share=st.floats(min_value=0, max_value=0.5),
    sentences=st.sampled_from([None, 1, 2]),
)
def test_passages_of_any_shape_slice_back_cover_the_body_and_keep_the_budget(
    body: str, most: int, share: float, sentences: int | None
) -> None:
    normal = display_text(body.replace("\x00", "").encode("utf-8", "ignore").decode(), field="body")
    overlap = int(most * share)

    passages = chunker(most, overlap, sentences).split(article(normal))

    require_cover(normal, passages)
    for passage in passages:
        assert passage.tokens == LetterCounter().count_tokens([passage.text])[0] <= most
    for one, following in pairwise(passages):
        assert one.start < following.start
        assert one.end < following.end
        repeated = normal[following.start : max(following.start, one.end)]
        assert LetterCounter().count_tokens([repeated])[0] <= overlap


@pytest.mark.parametrize("language", ["ar", "fa", "en", "zh", "mixed"])
def test_what_is_repeated_are_whole_sentences(language: str) -> None:
    sentence = SENTENCES[language]
    passages = chunker(220, 110).split(article((sentence * 60).strip()))

    assert len(passages) > 3
    for one, following in pairwise(passages):
        assert following.start < one.end
        assert one.text[-(one.end - following.start) :].startswith(sentence.strip()[:12])


def test_no_more_sentences_are_repeated_than_asked_for() -> None:
    sentence = SENTENCES["ar"]
    body = (sentence * 60).strip()

    for one, following in pairwise(chunker(220, 110, 1).split(article(body))):
        assert body[following.start : one.end] == sentence.strip()


def test_a_part_of_a_sentence_is_repeated_where_no_whole_one_fits() -> None:
    clause = "وقّعت موسكو وبيونغ يانغ في يونيو اتفاقية الشراكة الشاملة بحسب الوكالة، "
    body = (clause * 60).strip()

    for one, following in pairwise(chunker(120, 40).split(article(body))):
        assert body[following.start : one.end].startswith("وقّعت")


def test_no_section_and_no_boilerplate_is_reached_across() -> None:
    section = (SENTENCES["ar"] * 14).strip()
    body = f"{section}\n\nشراكة استراتيجية\n\n{section}\n\nشاركها.\n\n{section}"

    passages = chunker(220, 110).split(article(body))

    assert [passage for passage in passages if passage.text.startswith("شراكة استراتيجية")]
    after = body.index("شاركها.")
    assert any(passage.start == after + len("شاركها.\n\n") for passage in passages)
    require_cover(body, passages)


def test_an_empty_body_gives_no_passage() -> None:
    assert chunker(220, 110).split(article("")) == []


def test_passages_cut_again_after_packing_still_follow_each_other() -> None:
    class Surprising(PieceCounter):
        """Long texts count more than their parts, as some merges do."""

        def count_tokens(self, texts: Sequence[str]) -> list[int]:
            return [count * (3 if count > 100 else 1) for count in super().count_tokens(texts)]

    shape = PassageShape(overlap_tokens=80)
    body = (SENTENCES["ar"] * 40).strip()

    passages = Chunker(Surprising(), embedder=identity(), shape=shape).split(article(body))

    require_cover(body, passages)
    assert max(passage.tokens for passage in passages) <= 220
    for one, following in pairwise(passages):
        assert one.start < following.start
        assert one.end < following.end
