"""What every embedder keeps, on the real model and on the double."""

import anyio
import numpy as np
import pytest

from core.backends.memory_embedder import HashingEmbedder
from core.ports import FullEmbedder
from core.types import Vectors
from tests.core.backends.real_model import bundled_parts, reference_parts

pytestmark = pytest.mark.anyio

TEXTS = [
    "أعلنت الوزارة افتتاح مستشفى جديد في مدينة الموصل.",
    "وزیر نیرو گفت که سطح آب سدها پایین آمده است.",
    "تعاقدت شركة Microsoft مع 3 جامعات (MIT, ETH) في 2025!",
    "受台风影响，沿海多个城市的学校停课一天。",
    "👩🏽‍🚀🇩🇿 ❤️",
    "The ferry service will resume on Monday, after four weeks of storms and repairs.",
    "كلمة",
    "",
]


@pytest.fixture(params=["onnx", "torch", "hashing"])
def embedder(request: pytest.FixtureRequest) -> FullEmbedder:
    if request.param == "hashing":
        return HashingEmbedder(max_tokens=512)
    parts = bundled_parts() if request.param == "onnx" else reference_parts()
    return parts.embedder


async def test_rows_keep_the_order_of_the_texts(embedder: FullEmbedder) -> None:
    together = await embedder.embed_passages(TEXTS)
    alone = [(await embedder.embed_passages([text]))[0] for text in TEXTS]

    # Padding beside longer texts moves the last digits.
    np.testing.assert_allclose(together, alone, atol=1e-5)


async def test_nothing_in_gives_no_rows(embedder: FullEmbedder) -> None:
    for vectors in (await embedder.embed_queries([]), await embedder.embed_passages([])):
        assert vectors.shape == (0, embedder.identity.dimension)
        assert vectors.dtype == np.float32


async def test_vectors_are_contiguous_float32_of_unit_norm(embedder: FullEmbedder) -> None:
    for vectors in (await embedder.embed_queries(TEXTS), await embedder.embed_passages(TEXTS)):
        assert vectors.shape == (len(TEXTS), embedder.identity.dimension)
        assert vectors.dtype == np.float32
        assert vectors.flags.c_contiguous
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


async def test_questions_and_passages_differ_where_their_prompts_do(embedder: FullEmbedder) -> None:
    questions = await embedder.embed_queries(TEXTS)
    passages = await embedder.embed_passages(TEXTS)
    identity = embedder.identity

    same = np.allclose(questions, passages, atol=1e-5)

    assert same == (identity.query_prompt == identity.passage_prompt)


async def test_the_same_text_gets_the_same_vector(embedder: FullEmbedder) -> None:
    first, second = (
        await embedder.embed_queries([TEXTS[0]]),
        await embedder.embed_queries([TEXTS[0]]),
    )

    np.testing.assert_array_equal(first, second)


async def test_different_texts_get_different_vectors(embedder: FullEmbedder) -> None:
    vectors = await embedder.embed_passages(TEXTS)
    cosines = vectors @ vectors.T - 2 * np.eye(len(TEXTS))

    assert cosines.max() < 0.99


async def test_a_text_is_nearest_to_itself(embedder: FullEmbedder) -> None:
    passages = await embedder.embed_passages(TEXTS)
    questions = await embedder.embed_queries(TEXTS[:4])

    assert (questions @ passages.T).argmax(axis=1).tolist() == [0, 1, 2, 3]


async def test_concurrent_calls_give_what_single_calls_give(embedder: FullEmbedder) -> None:
    expected = await embedder.embed_queries(TEXTS), await embedder.embed_passages(TEXTS)
    found: list[tuple[bool, Vectors]] = []

    async def embed(*, is_query: bool) -> None:
        call = embedder.embed_queries if is_query else embedder.embed_passages
        found.append((is_query, await call(TEXTS)))

    async with anyio.create_task_group() as tasks:
        for number in range(8):
            tasks.start_soon(lambda is_query: embed(is_query=is_query), number % 2 == 0)

    assert len(found) == 8
    for is_query, vectors in found:
        np.testing.assert_allclose(vectors, expected[0 if is_query else 1], atol=1e-5)


async def test_a_text_that_is_cut_says_so_and_has_the_vectors_of_its_beginning(
    embedder: FullEmbedder,
) -> None:
    short, long, longer = (" ".join(["كلمة"] * count) for count in (60, 1_000, 1_001))
    for embed in (embedder.embed_query_tokens, embedder.embed_passage_tokens):
        rows = await embed([long, short, longer, ""])
        assert [row.is_cut for row in rows] == [True, False, True, False]
        assert len(rows[1].tokens) >= 60
        assert len(rows[0].tokens) == len(rows[2].tokens) <= embedder.identity.max_tokens
        np.testing.assert_allclose(rows[0].pooled, rows[2].pooled, atol=1e-5)


async def test_the_identity_is_stable_and_states_the_width(embedder: FullEmbedder) -> None:
    before = embedder.identity
    vectors = await embedder.embed_queries(TEXTS[:1])

    assert embedder.identity == before
    assert vectors.shape[1] == before.dimension
    assert before.max_tokens > 0


async def test_the_texts_given_are_left_as_they_are(embedder: FullEmbedder) -> None:
    given = list(TEXTS)
    await embedder.embed_passages(given)

    assert given == TEXTS


async def test_token_vectors_come_with_the_vectors_of_whole_texts(embedder: FullEmbedder) -> None:
    questions = await embedder.embed_query_tokens(TEXTS)
    passages = await embedder.embed_passage_tokens(TEXTS)

    for found, whole in (
        (questions, await embedder.embed_queries(TEXTS)),
        (passages, await embedder.embed_passages(TEXTS)),
    ):
        np.testing.assert_allclose([text.pooled for text in found], whole, atol=1e-5)


async def test_every_token_of_a_text_has_a_unit_vector(embedder: FullEmbedder) -> None:
    for found in (
        await embedder.embed_query_tokens(TEXTS),
        await embedder.embed_passage_tokens(TEXTS),
    ):
        for text, vectors in zip(TEXTS, found, strict=True):
            tokens = vectors.tokens
            assert tokens.dtype == np.float32
            assert tokens.shape[1] == embedder.identity.dimension
            assert (len(tokens) > 0) == bool(text)
            np.testing.assert_allclose(np.linalg.norm(tokens, axis=1), 1, atol=1e-5)


async def test_no_texts_give_no_token_vectors(embedder: FullEmbedder) -> None:
    assert await embedder.embed_query_tokens([]) == []
    assert await embedder.embed_passage_tokens([]) == []


async def test_token_vectors_are_those_that_the_counter_counts() -> None:
    """But for the space before a first word that is no piece with it: here it is the prompt's."""
    parts = bundled_parts()
    counted = parts.token_counter.count_tokens(TEXTS)
    found = [len(text.tokens) for text in await parts.embedder.embed_passage_tokens(TEXTS)]

    assert [a - b for a, b in zip(counted, found, strict=True)] == [0, 0, 1, 1, 1, 0, 0, 0]
