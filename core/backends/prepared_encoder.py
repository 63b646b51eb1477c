"""Prepares a sentence-transformers folder for the CPU runtime, once, and proves it equal."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

import numpy as np
from tokenizers import Tokenizer

from core.backends.encoder_folder import EncoderFolder, UnsupportedModel
from core.backends.encoder_session import EncoderInput
from core.backends.prepared_folder import cannot_write, is_intact, prepare_folder
from core.types import Vectors

Precision = Literal["int8", "fp32"]

_VERSION = 3
"""To be raised with every change of what is prepared; part of the precision in the identity."""

_LEAST_COSINE = {"int8": 0.99, "fp32": 0.9999}
"""Worst cosine to sentence-transformers at which a prepared model is taken into use."""

_LARGEST_GRAPH_BYTES = 1_900_000_000
"""An ONNX file ends at 2 GB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """Cosines of the prepared model's vectors to those of sentence-transformers in float32."""

    texts: int
    mean: float
    worst: float


Compare = Callable[[Path], Parity]
"""Given the folder of a prepared model: how near it is to the reference."""


def precision_name(precision: Precision) -> str:
    """What the identity says: vectors of two quantisers never mix in one index."""
    return "fp32" if precision == "fp32" else f"int8-gptq-{_VERSION}"


def prepare_encoder(
    source: EncoderFolder,
    *,
    revision: str,
    precision: Precision,
    prompts: tuple[str, str],
    cache_dir: Path,
    compare: Compare,
    report: Callable[[str], None],
) -> Path:
    """The folder with the graph, the word table and the parity report, written first if need be.

    Raises:
        UnsupportedModel: the model is too large, lacks a weight, or came out too different.
        ModelUnavailable: the cache cannot be written.
    """
    folder = cache_dir / "runtime" / f"{_folder_name(revision, prompts)}-{precision}-{_VERSION}"
    if is_intact(folder):
        return folder

    def write(into: Path) -> None:
        report(f"preparing the model for this CPU in {precision} (once, about a minute) …")
        started = time.monotonic()
        _write_files(source, into, precision=precision, prompts=prompts)
        parity = compare(into)
        if parity.worst < _LEAST_COSINE[precision]:
            raise UnsupportedModel(
                f"its {precision} vectors differ too much: cosine {parity.worst:.4f} at worst"
            )
        (into / "parity.json").write_text(
            json.dumps({"texts": parity.texts, "mean": parity.mean, "worst": parity.worst}) + "\n",
            encoding="utf-8",
        )
        report(
            f"the model is ready for this CPU ({time.monotonic() - started:.0f} s): cosine to "
            f"sentence-transformers {parity.mean:.4f} on average, {parity.worst:.4f} at worst"
        )

    try:
        prepare_folder(
            folder, write=write, version=_VERSION, subject="the model for this CPU", report=report
        )
    except OSError as exc:
        raise cannot_write("the prepared model", folder, exc) from exc
    return folder


def open_input(folder: Path) -> EncoderInput:
    """The tables of a prepared `folder`; the large one stays on disk."""
    return EncoderInput(
        np.load(folder / "words.npy", mmap_mode="r"), np.load(folder / "positions.npy")
    )


def _write_files(
    source: EncoderFolder, folder: Path, *, precision: Precision, prompts: tuple[str, str]
) -> None:
    try:
        tensors = source.tensors()
        np.save(folder / "words.npy", tensors["embeddings.word_embeddings.weight"].astype("<f2"))
        np.save(folder / "positions.npy", _positions(source, tensors))
        (folder / "model.onnx").write_bytes(
            _graph(source, tensors, folder, precision=precision, prompts=prompts)
        )
    except KeyError as exc:
        raise UnsupportedModel(f"its weights lack {exc.args[0]}") from exc


def _graph(
    source: EncoderFolder,
    tensors: dict[str, Vectors],
    folder: Path,
    *,
    precision: Precision,
    prompts: tuple[str, str],
) -> bytes:
    # Here and not above: `onnx` is needed this once only.
    from core.backends.encoder_calibration import measure_inputs
    from core.backends.encoder_graph import write_encoder

    size = sum(values.nbytes for name, values in tensors.items() if name.startswith("encoder."))
    if size > _LARGEST_GRAPH_BYTES:
        raise UnsupportedModel(f"its encoder has {size} bytes, more than an ONNX file holds")
    if precision == "fp32":
        return write_encoder(source.shape, tensors)
    try:
        tokenizer = Tokenizer.from_file(str(source.folder / "tokenizer.json"))
    # `tokenizers` raises bare Exception.
    except Exception as exc:
        raise UnsupportedModel("its tokenizer.json cannot be read") from exc
    tokenizer.no_padding()
    tokenizer.enable_truncation(source.shape.max_tokens)
    measured = measure_inputs(
        source.shape,
        tensors,
        tokenizer=tokenizer,
        inputs=open_input(folder),
        prompts=prompts,
        threads=None,
    )
    return write_encoder(source.shape, tensors, inputs=measured)


def _positions(source: EncoderFolder, tensors: dict[str, Vectors]) -> Vectors:
    first = source.shape.first_position
    rows = tensors["embeddings.position_embeddings.weight"][first : first + source.shape.max_tokens]
    types = tensors.get("embeddings.token_type_embeddings.weight")
    return rows if types is None else np.asarray(rows + types[0], dtype=np.float32)


def _folder_name(revision: str, prompts: tuple[str, str]) -> str:
    # Inputs were measured under the prompts: others make another model.
    return sha256(repr((revision, prompts)).encode("utf-8")).hexdigest()[:12]


def compare_vectors(prepared: Vectors, reference: Vectors) -> Parity:
    """The cosines of two (n, dim) sets of unit rows."""
    cosines = (prepared * reference).sum(axis=1)
    return Parity(texts=len(cosines), mean=float(cosines.mean()), worst=float(cosines.min()))
