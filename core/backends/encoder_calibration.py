"""Measures what goes into each matrix of an encoder, on the shipped parallel texts."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from tokenizers import Tokenizer

from core.backends.encoder_folder import EncoderShape
from core.backends.encoder_graph import write_probed_encoder
from core.backends.encoder_session import EncoderInput, open_session
from core.backends.matrix_quantiser import MatrixInput
from core.parallel import parallel_texts
from core.types import Vectors

CALIBRATED_LINES = slice(0, None, 2)
"""Every other paragraph of each language calibrates; the rest is for the parity report."""


_SAMPLED_ROWS = slice(0, None, 16)
"""Which tokens of each text are kept as they are."""


def calibration_texts() -> list[str]:
    """Those that the inputs of matrices are measured on."""
    return [line for lines in parallel_texts().values() for line in lines[CALIBRATED_LINES]]


def parity_texts() -> list[str]:
    """Two paragraphs of each language that nothing was measured on."""
    return [line for lines in parallel_texts().values() for line in lines[1:4:2]]


def measure_inputs(
    shape: EncoderShape,
    tensors: Mapping[str, Vectors],
    *,
    tokenizer: Tokenizer,
    inputs: EncoderInput,
    prompts: Sequence[str],
    threads: int | None,
) -> dict[str, MatrixInput]:
    """What goes into each matrix, by its name; prompts take turns."""
    graph, names = write_probed_encoder(shape, tensors)
    session = open_session(graph, threads=threads)
    outputs = [output.name for output in session.get_outputs()][1:]
    found: dict[str, _Seen] = {}
    for index, text in enumerate(calibration_texts()):
        ids = tokenizer.encode(prompts[index % len(prompts)] + text).ids
        for name, values in zip(
            outputs, session.run(outputs, {"embeddings": inputs.rows(ids)}), strict=True
        ):
            if name in found:
                found[name].add(values[0])
            else:
                found[name] = _Seen(values[0])
    return {
        name: found[source].as_input()
        for name, source in zip(names, _sources(names, outputs), strict=True)
    }


class _Seen:
    """What came by at one matrix."""

    def __init__(self, values: Vectors) -> None:
        """Begin with `values` (tokens, channels)."""
        self._tokens = len(values)
        self._low, self._high = values.min(axis=0), values.max(axis=0)
        self._total = values.sum(axis=0, dtype=np.float64)
        self._squares = values.T @ values
        self._sample = [values[_SAMPLED_ROWS].copy()]

    def add(self, values: Vectors) -> None:
        """More of the same."""
        self._tokens += len(values)
        self._low = np.minimum(self._low, values.min(axis=0))
        self._high = np.maximum(self._high, values.max(axis=0))
        self._total = self._total + values.sum(axis=0, dtype=np.float64)
        self._squares += values.T @ values
        self._sample.append(values[_SAMPLED_ROWS].copy())

    def as_input(self) -> MatrixInput:
        mean = (self._total / self._tokens).astype(np.float32)
        covariance = self._squares / self._tokens - np.outer(mean, mean)
        return MatrixInput(
            low=self._low,
            high=self._high,
            mean=mean,
            covariance=np.asarray(covariance, dtype=np.float32),
            sample=np.concatenate(self._sample),
        )


def _sources(names: Iterable[str], outputs: Sequence[str]) -> list[str]:
    listed = list(names)
    if len(listed) != len(outputs):
        raise AssertionError("each matrix of the encoder has an input of its own")
    return list(outputs)
