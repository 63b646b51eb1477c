"""Any body is decoded to what it was, in pieces of bounded size; nothing else is decoded."""

import gzip
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from api.coding.decoders import PIECE_BYTES, Decoder, decoder_of
from api.problems import Problem

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}
CODINGS = sorted(ENCODERS)
ARABIC = "وقّعت موسكو وبيونغ يانغ معاهدة 🌍 长江大桥. " * 2_000


def decoder(coding: str) -> Decoder:
    found = decoder_of(coding)
    assert found is not None
    return found


def decoded(coding: str, pieces: list[bytes]) -> bytes:
    decode = decoder(coding)
    plain = b"".join(piece for coded in pieces for piece in decode.feed(coded))
    decode.end()
    return plain


@pytest.mark.parametrize("coding", CODINGS)
@given(bodies=st.lists(st.binary(max_size=300), max_size=3), piece_bytes=st.integers(1, 40))
def test_a_body_of_several_parts_is_what_it_was_however_it_is_cut(
    coding: str, bodies: list[bytes], piece_bytes: int
) -> None:
    coded = b"".join(map(ENCODERS[coding], bodies))
    pieces = [coded[start : start + piece_bytes] for start in range(0, len(coded), piece_bytes)]
    assert decoded(coding, pieces) == b"".join(bodies)


@pytest.mark.parametrize("coding", CODINGS)
def test_text_of_every_script_is_what_it_was(coding: str) -> None:
    plain = ARABIC.encode()
    assert decoded(coding, [ENCODERS[coding](plain)]) == plain


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_that_expands_a_thousandfold_comes_in_bounded_pieces(coding: str) -> None:
    coded = ENCODERS[coding](bytes(50_000_000))
    assert len(coded) < 60_000
    sizes = [len(piece) for piece in decoder(coding).feed(coded)]
    assert sum(sizes) == 50_000_000
    assert max(sizes) <= 2_200_000


def test_a_block_that_stands_for_much_is_no_more_than_one_slice_of_them() -> None:
    # A frame of nothing but run-length blocks of 128 kB: four bytes each.
    block = ((131_072 << 3) | (1 << 1)).to_bytes(3, "little") + b"x"
    frame = b"\x28\xb5\x2f\xfd" + b"\x00\x68" + block * 5_000
    sizes = [len(piece) for piece in decoder("zstd").feed(frame)]
    assert sum(sizes) >= 600_000_000
    assert max(sizes) <= 2_200_000


@pytest.mark.parametrize("coding", CODINGS)
@given(noise=st.binary(min_size=20, max_size=200))
def test_noise_is_refused(coding: str, noise: bytes) -> None:
    with pytest.raises(Problem, match="ends too early"):
        decoded(coding, [b"\x00" + noise])


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_body_that_ends_too_early_is_refused(coding: str, kept: float) -> None:
    coded = ENCODERS[coding](ARABIC.encode())
    with pytest.raises(Problem, match="ends too early"):
        decoded(coding, [coded[: int(len(coded) * kept)]])


@pytest.mark.parametrize("coding", CODINGS)
def test_what_follows_a_whole_body_must_be_one_too(coding: str) -> None:
    with pytest.raises(Problem, match="ends too early"):
        decoded(coding, [ENCODERS[coding](b"body"), b"and more of something else"])


def test_a_window_larger_than_http_allows_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    coded = compressor.compress(bytes(30_000_000)) + compressor.flush()
    with pytest.raises(Problem, match="not zstd"):
        decoded("zstd", [coded])


@pytest.mark.parametrize("coding", ["", "identity", " Identity "])
def test_what_is_not_coded_needs_no_decoder(coding: str) -> None:
    assert decoder_of(coding) is None


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "gzip,zstd", "سند", "*"])
def test_other_codings_are_refused_with_those_that_are_understood(coding: str) -> None:
    with pytest.raises(Problem, match="send it as gzip") as refused:
        decoder_of(coding)
    assert refused.value.headers == {"Accept-Encoding": "gzip, zstd"}


def test_a_full_piece_at_the_end_of_a_part_is_not_the_end_of_the_body() -> None:
    plain = bytes(PIECE_BYTES)
    assert decoded("gzip", [zlib.compress(plain, wbits=31) + gzip.compress(b"x")]) == plain + b"x"
