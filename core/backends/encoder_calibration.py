"""Measures what goes into each matrix of an encoder, on the shipped parallel texts."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from tokenizers import Tokenizer

from core.backends.encoder_folder import EncoderShape
from core.backends.encoder_graph import ActivationRange, write_probed_encoder
from core.backends.encoder_session import EncoderInput, open_session
from core.parallel import parallel_texts
from core.types import Vectors

CALIBRATED_LINES = slice(0, None, 2)
"""Every other paragraph of each language calibrates; the rest is for the parity report."""


def calibration_texts() -> list[str]:
    """Those that ranges are measured on."""
    return [line for lines in parallel_texts().values() for line in lines[CALIBRATED_LINES]]


def parity_texts() -> list[str]:
    """Two paragraphs of each language that no range was measured on."""
    return [line for lines in parallel_texts().values() for line in lines[1:4:2]]


def measure_ranges(
    shape: EncoderShape,
    tensors: Mapping[str, Vectors],
    *,
    tokenizer: Tokenizer,
    inputs: EncoderInput,
    prompts: Sequence[str],
    threads: int | None,
) -> dict[str, ActivationRange]:
    """Least and greatest value by channel of each matrix's input; prompts take turns."""
    graph, names = write_probed_encoder(shape, tensors)
    session = open_session(graph, threads=threads)
    outputs = [output.name for output in session.get_outputs()][1:]
    low: dict[str, Vectors] = {}
    high: dict[str, Vectors] = {}
    for index, text in enumerate(calibration_texts()):
        ids = tokenizer.encode(prompts[index % len(prompts)] + text).ids
        for name, values in zip(
            outputs, session.run(outputs, {"embeddings": inputs.rows(ids)}), strict=True
        ):
            _widen(low, name, values[0].min(axis=0), np.minimum)
            _widen(high, name, values[0].max(axis=0), np.maximum)
    return {
        name: ActivationRange(low=low[source], high=high[source])
        for name, source in zip(names, _sources(names, outputs), strict=True)
    }


def _sources(names: Iterable[str], outputs: Sequence[str]) -> list[str]:
    listed = list(names)
    if len(listed) != len(outputs):
        raise AssertionError("each matrix of the encoder has an input of its own")
    return list(outputs)


def _widen(
    kept: dict[str, Vectors],
    name: str,
    values: Vectors,
    choose: Callable[[Vectors, Vectors], Vectors],
) -> None:
    kept[name] = values if name not in kept else choose(kept[name], values)
