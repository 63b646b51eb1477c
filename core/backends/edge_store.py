"""The embedded store: an index in a folder of this machine, owned by one process at a time."""

from pathlib import Path

from core.backends import edge_generations as generations
from core.backends.edge_generations import SHARD_NAME
from core.backends.edge_lock import IndexLock
from core.backends.edge_points import EdgePoints
from core.backends.point_store import PointStore
from core.errors import ConfigError, StoreUnavailable
from core.identity import IndexIdentity, require_same

CONCURRENCY = 1
"""The engine holds the interpreter lock, so more threads would only queue inside it."""


class EdgeStore(PointStore[EdgePoints]):
    """An IndexStore in `data_dir/index`; made by `open_edge_store`.

    The engine blocks other Python threads during a call: about a millisecond for a search among
    thousands of passages. Dense searches are exact until `edge_optimize` builds a graph; then
    they find nearly all of the nearest passages, still with exact scores and in exact order.
    """

    def __init__(
        self,
        points: EdgePoints,
        *,
        identity: IndexIdentity,
        generation: Path,
        lock: IndexLock | None,
        live: "EdgeStore | None" = None,
    ) -> None:
        super().__init__(points, dimension=identity.embedder.dimension, concurrency=CONCURRENCY)
        self._identity = identity
        self._generation = generation
        self._lock = lock
        self._live = live

    @property
    def identity(self) -> IndexIdentity:
        """What the index was built with."""
        return self._identity

    def size_on_disk(self) -> int:
        """Bytes that the index takes."""
        return generations.size_on_disk(self._generation)

    def set_url(self, url: str) -> None:
        """Tell other processes where this one serves the index."""
        if self._lock is not None:
            self._lock.set_url(url)

    async def begin_generation(self, identity: IndexIdentity) -> "EdgeStore":
        """An empty store beside this one, to be filled and then promoted.

        Closing it unpromoted removes it; so does the next opening if the process dies.
        """
        return await self._worker.run(self._begin, identity)

    async def promote(self) -> None:
        """Make this generation the index; the store that began it serves it from here on.

        This object must not be used afterwards; the earlier generation is removed.

        Raises:
            StoreUnavailable: this store was not begun by `begin_generation`, or is closed.
        """
        live = self._live
        if live is None:
            raise StoreUnavailable("only a generation that was begun and not closed is promoted")
        await self._worker.run(self._engine.flush)
        await live._worker.run(live._adopt, self)

    def close(self) -> None:
        """Release the index; calling it again does nothing."""
        try:
            self._engine.close()
            if self._live is not None:
                self._live = None
                generations.remove(self._generation)
        finally:
            if self._lock is not None:
                self._lock.release()

    def _begin(self, identity: IndexIdentity) -> "EdgeStore":
        self._require_open()
        generation = generations.new_generation(self._generation.parent)
        points = EdgePoints.create(generation / SHARD_NAME, dimension=identity.embedder.dimension)
        return EdgeStore(points, identity=identity, generation=generation, lock=None, live=self)

    def _adopt(self, promoted: "EdgeStore") -> None:
        self._require_open()
        old_engine, old_generation = self._engine, self._generation
        generations.complete(promoted._generation, promoted._identity)
        promoted._live = None
        self._engine = promoted._engine.hand_over()
        self._dimension = promoted._dimension
        self._identity = promoted._identity
        self._generation = promoted._generation
        old_engine.close()
        generations.remove(old_generation)

    def _require_open(self) -> None:
        """Refuse to touch the folders after `close`: the lock may be another process's."""
        self._engine.flush()


def open_edge_store(
    data_dir: Path, *, identity: IndexIdentity | None, command: str, create: bool
) -> EdgeStore:
    """Own the index under `data_dir`; what an earlier process left half done is put right.

    Args:
        data_dir: holds or gets a folder `index`.
        identity: what the index must have been built with; None opens any.
        command: how this process calls itself to others that find the index in use.
        create: make the index if there is none; needs an identity.

    Raises:
        ConfigError: there is no index and none is to be made, or its parts contradict.
        IndexLocked: another process owns it.
        IndexIdentityMismatch: it was built otherwise.
        StoreUnavailable: it cannot be read or written.
    """
    index = data_dir / "index"
    if create:
        _make_folder(index)
    elif not index.is_dir():
        raise no_index(data_dir)
    lock = IndexLock.acquire(index, command=command)
    try:
        return _open(index, identity=identity, lock=lock, create=create)
    except BaseException:
        lock.release()
        raise


def _open(
    index: Path, *, identity: IndexIdentity | None, lock: IndexLock, create: bool
) -> EdgeStore:
    generation = generations.live_generation(index)
    if generation is not None:
        return _load(generation, identity=identity, lock=lock)
    if not create or identity is None:
        raise no_index(index.parent)
    return _create(index, identity=identity, lock=lock)


def _load(generation: Path, *, identity: IndexIdentity | None, lock: IndexLock) -> EdgeStore:
    stored = generations.read_identity(generation)
    if identity is not None:
        require_same(stored, identity)
    points = EdgePoints.load(generation / SHARD_NAME)
    try:
        generations.remove_others(generation.parent, keep=generation)
    except StoreUnavailable:
        points.close()
        raise
    return EdgeStore(points, identity=stored, generation=generation, lock=lock)


def _create(index: Path, *, identity: IndexIdentity, lock: IndexLock) -> EdgeStore:
    generations.remove_others(index, keep=None)
    generation = generations.new_generation(index)
    points = EdgePoints.create(generation / SHARD_NAME, dimension=identity.embedder.dimension)
    generations.complete(generation, identity)
    return EdgeStore(points, identity=identity, generation=generation, lock=lock)


def _make_folder(index: Path) -> None:
    try:
        index.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise StoreUnavailable(
            f"{index} cannot be made ({exc.strerror}): mend the permissions of its parent or "
            "set SANAD_DATA_DIR to a folder of yours"
        ) from exc


def no_index(data_dir: Path) -> ConfigError:
    """What to raise where nothing has been indexed."""
    return ConfigError(f"there is no index in {data_dir} yet: run `sanad index PATH`")
