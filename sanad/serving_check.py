"""Whether a running server can serve: its model, its index and its disk, asked cheaply."""

import anyio.to_thread

from core.backends.data_folder import require_writable
from core.backends.serving_embedder import ServingEmbedder
from core.backends.storage import OpenIndex
from core.identity import IndexIdentity, require_same
from core.settings import Settings


class ServingCheck:
    """Asks no model and writes nothing; raises what the first part that cannot serve raises."""

    def __init__(
        self,
        settings: Settings,
        *,
        store: OpenIndex,
        embedder: ServingEmbedder,
        identity: IndexIdentity,
    ) -> None:
        self._data_dir = settings.data_dir
        self._store = store
        self._embedder = embedder
        self._identity = identity

    async def __call__(self) -> None:
        """Return if all is well.

        Raises:
            EmbedderUnavailable: nobody reads the questions any more.
            StoreUnavailable: the index or its disk does not answer or has no room.
            StoreRejected: the index refuses to be asked.
            IndexIdentityMismatch: it has become another one.
        """
        self._embedder.require_alive()
        # The index of a Qdrant server lies elsewhere; keys and feedback lie here all the same.
        await anyio.to_thread.run_sync(require_writable, self._data_dir)
        require_same(self._store.identity, self._identity)
        await self._store.status()
