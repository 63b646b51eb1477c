"""Runs a prepared encoder graph in onnxruntime: token ids in, token vectors out."""

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from core.types import Vectors

MANY_TEXTS = 100
"""Texts that came beside others before the graph is loaded a second time: a command that asks one
question does without."""


class EncoderInput:
    """Turns token ids into what the graph takes.

    The word table stays on disk, mapped: of its hundreds of megabytes, only the rows in use
    come into memory.
    """

    def __init__(self, words: NDArray[np.float16], positions: Vectors) -> None:
        """`words` (vocabulary, hidden); `positions` (tokens, hidden), token type added."""
        self._words = words
        self._positions = positions

    def rows(self, ids: Sequence[int]) -> Vectors:
        """(1, tokens, hidden) for one text."""
        words = self._words[np.asarray(ids, dtype=np.int64)].astype(np.float32)
        return np.asarray((words + self._positions[: len(ids)])[None], dtype=np.float32)


def open_session(graph: bytes | Path, *, threads: int | None) -> onnxruntime.InferenceSession:
    """A session of `threads` threads, one owner at a time; None: one a core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(graph) if isinstance(graph, Path) else graph,
        options,
        providers=["CPUExecutionProvider"],
        # The fused kernel takes 390 us where addition and norm take 85 (onnxruntime 1.32, AVX2).
        disabled_optimizers=["SkipLayerNormFusion"],
    )


class EncoderSessions:
    """The graph for one text at a time, by all threads, and for one text a thread.

    Threads that share a text wait for each other some twenty times a layer: two that take a text
    each read a quarter more passages and half as many more questions a second.
    """

    def __init__(self, graph: Path, *, threads: int | None) -> None:
        """Load `graph` for one text at a time; `threads` None: one a core."""
        self.lanes = threads or _cores()
        self._graph = graph
        self._shared = open_session(graph, threads=threads)
        self._single: onnxruntime.InferenceSession | None = None
        self._seen = 0
        self._loading = Lock()

    def lanes_for(self, texts: int) -> int:
        """How many of a call's `texts` to run at the same time; to be asked once a call."""
        if texts == 1 or self.lanes == 1:
            return 1
        self._seen += texts
        return min(texts, self.lanes) if self._seen >= MANY_TEXTS else 1

    def hidden(self, rows: Vectors, *, beside_others: bool) -> Vectors:
        """(tokens, hidden) of one text; any number of threads may call.

        `beside_others` says that more texts run at the same time. Raises what onnxruntime raises.
        """
        session = self._one_a_thread() if beside_others else self._shared
        found = session.run(None, {"embeddings": rows})[0]
        return np.asarray(found[0], dtype=np.float32)

    def _one_a_thread(self) -> onnxruntime.InferenceSession:
        with self._loading:
            if self._single is None:
                self._single = open_session(self._graph, threads=1)
            return self._single


def _cores() -> int:
    """Those that this process may use, where the system tells; else all."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
