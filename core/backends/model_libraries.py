"""What every model in torch shares: quiet libraries, devices, and what it computes in."""

import logging
from typing import Literal

import torch
import transformers
from huggingface_hub.utils.tqdm import disable_progress_bars

from core.errors import ModelUnavailable

Precision = Literal["fp32", "bf16"]

TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}
PRECISION: dict[str, Precision] = {"cpu": "fp32", "cuda": "bf16"}
"""By device, unless told otherwise."""

NO_LIMIT = 1_000_000
"""What `max_tokens` says of a model that cuts nothing, such as a static embedding."""


def quieten_libraries() -> None:
    """No progress bars and notes on stderr from the libraries; it belongs to our own lines."""
    transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # theirs
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # theirs
    disable_progress_bars()
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)


def use_device(device: Literal["cpu", "cuda"], *, threads: int | None) -> None:
    """Make torch ready for `device`, with so many CPU threads in this process; None: its choice.

    Raises:
        ModelUnavailable: there is no such device.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise ModelUnavailable(
            "SANAD_DEVICE=cuda, but torch finds no CUDA device: install a CUDA build of torch "
            "and a driver, or set SANAD_DEVICE=cpu"
        )
    if threads is not None:
        torch.set_num_threads(threads)


def is_out_of_memory(error: Exception) -> bool:
    """Whether a failed pass of a model lacked memory, which a later one may have."""
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "allocate" in str(error)


def max_tokens_of(limit: int | None) -> int:
    """A library's limit as an identity tells it."""
    return NO_LIMIT if limit is None or limit > NO_LIMIT else int(limit)
