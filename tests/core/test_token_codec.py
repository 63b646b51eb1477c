"""Token codes are small, keep cosines, and are told apart from text to text."""

from base64 import b64decode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper

from core.backends.integer_product import GRAPH, open_integer_product
from core.token_codec import TokenCodec, multiply_as_floats
from core.types import Vectors

DIMENSION = 384


def tokens_of(count: int, *, seed: int, dimension: int = DIMENSION) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def codec_of(dimension: int = DIMENSION, *, mean: float = 0.0) -> TokenCodec:
    means = {"ar": np.full(dimension, mean, dtype=np.float32)}
    return TokenCodec(passage_means=means, question_means=means)


def test_a_token_takes_two_bits_a_value() -> None:
    assert len(codec_of().encode(tokens_of(7, seed=1), language="ar")) == 7 * DIMENSION // 4


def test_cosines_survive() -> None:
    tokens = tokens_of(200, seed=2)
    question = np.asarray(tokens[:20] + 0.8 * tokens_of(20, seed=3), dtype=np.float32)
    question /= np.linalg.norm(question, axis=1, keepdims=True)
    codes = codec_of().encode(tokens, language="ar")
    [found] = codec_of().match(question, [codes])
    exact = (question @ tokens.T).max(axis=1)
    # Two bits keep .94 of a cosine (the square root of 1 - .1175, Max 1960, table I).
    assert found == pytest.approx(0.94 * exact, abs=0.03)


def test_each_text_is_matched_by_its_own_tokens_and_one_without_by_none() -> None:
    first, second = tokens_of(3, seed=4), tokens_of(5, seed=5)
    codec = codec_of()
    codes = [codec.encode(first, language="ar"), b"", codec.encode(second, language="ar")]
    best = codec.match(second[:1], codes)
    assert best.shape == (3, 1)
    assert best[2, 0] > 0.9 > 0.5 > best[0, 0] > best[1, 0] == -1.0


def test_what_all_tokens_of_a_language_share_is_taken_off() -> None:
    tokens = tokens_of(30, seed=6) + 0.5
    codec = codec_of(mean=0.5)
    other = TokenCodec(
        passage_means={"ar": np.zeros(DIMENSION, dtype=np.float32)},
        question_means={"ar": np.zeros(DIMENSION, dtype=np.float32)},
    )
    plain = other.encode(tokens - 0.5, language="ar")
    assert codec.encode(tokens, language="ar") == plain
    # A language without a mean is centred by the average of the others.
    assert codec.encode(tokens, language="sw") == plain


@given(st.integers(1, 40), st.integers(0, 12), st.integers(0, 2**20))
def test_any_dimension_and_count_comes_back(dimension: int, count: int, seed: int) -> None:
    tokens = tokens_of(count, seed=seed, dimension=dimension) if count else np.zeros((0, dimension))
    codes = codec_of(dimension).encode(np.asarray(tokens, dtype=np.float32), language="ar")
    assert len(codes) == count * -(-dimension // 4)
    question = tokens_of(2, seed=seed + 1, dimension=dimension)
    [best] = codec_of(dimension).match(question, [codes])
    assert np.all((best >= -1.0001) & (best <= 1.0001))


def test_codes_of_another_dimension_are_refused() -> None:
    with pytest.raises(ValueError, match="reshape"):
        codec_of().match(tokens_of(1, seed=1), [b"\x00" * 95])


def test_the_graph_is_what_its_description_says() -> None:
    product = helper.make_graph(
        [helper.make_node("MatMulInteger", ["rows", "columns"], ["product"])],
        "integer_product",
        [
            helper.make_tensor_value_info("rows", TensorProto.UINT8, ["n", "dim"]),
            helper.make_tensor_value_info("columns", TensorProto.INT8, ["dim", "m"]),
        ],
        [helper.make_tensor_value_info("product", TensorProto.INT32, ["n", "m"])],
    )
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(product, opset_imports=opsets, ir_version=9)
    assert b64decode(GRAPH) == model.SerializeToString()


@given(st.integers(1, 64), st.integers(0, 30), st.integers(1, 20), st.integers(0, 2**20))
def test_both_products_are_exact(dimension: int, rows: int, columns: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    levels = random.integers(0, 256, (rows, dimension), dtype=np.uint8)
    steps = random.integers(-128, 128, (dimension, columns), dtype=np.int8)
    assert np.array_equal(multiply_as_floats(levels, steps), exact_of(levels, steps))
    # Without VNNI, processors add two products in 16 bits: levels are 20 at most.
    assert np.array_equal(open_integer_product()(levels % 21, steps), exact_of(levels % 21, steps))


def exact_of(levels: NDArray[np.uint8], steps: NDArray[np.int8]) -> NDArray[np.int64]:
    return np.asarray(levels.astype(np.int64) @ steps.astype(np.int64))


@pytest.mark.parametrize("dimension", [384, 10, 7])
def test_what_is_decoded_has_the_direction_of_what_was_encoded(dimension: int) -> None:
    tokens = tokens_of(50, seed=9, dimension=dimension)
    codec = codec_of(dimension)
    decoded = codec.decode(codec.encode(tokens, language="ar"), dimension=dimension)
    assert decoded.shape == tokens.shape
    assert np.linalg.norm(decoded, axis=1) == pytest.approx(np.ones(50), abs=1e-5)
    # Two bits keep .94 of a cosine (Max 1960, table I).
    assert float((decoded * tokens).sum(axis=1).mean()) == pytest.approx(0.94, abs=0.02)
    assert codec.decode(b"", dimension=dimension).shape == (0, dimension)
    with pytest.raises(ValueError, match="reshape"):
        codec.decode(b"x" * (dimension + 1), dimension=dimension + 400)
