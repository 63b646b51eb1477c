"""The store on Qdrant: a server or a cluster, or in process for tests.

The client is the synchronous one, run in threads: it is the only one that also drives the
in-process mode without blocking the event loop.
"""

from qdrant_client import QdrantClient

from core.backends.point_store import PointStore
from core.backends.qdrant_calls import QdrantCalls
from core.backends.qdrant_collections import QdrantCollections
from core.backends.qdrant_points import QdrantPoints
from core.errors import ConfigError, StoreUnavailable
from core.identity import IndexIdentity, require_same
from core.settings import Settings

SERVER_CONCURRENCY = 8
"""Calls to a server at a time; each waits in a thread."""

LOCAL_CONCURRENCY = 1
"""The in-process mode is not thread-safe."""


class QdrantStore(PointStore[QdrantPoints]):
    """An IndexStore on Qdrant; made by `open_qdrant_store`.

    A server applies the steps of a replacement one by one, so a search in between may show an
    article's old and new passages together.
    """

    def __init__(
        self,
        points: QdrantPoints,
        *,
        identity: IndexIdentity,
        collections: QdrantCollections,
        concurrency: int,
        live: "QdrantStore | None" = None,
    ) -> None:
        super().__init__(points, dimension=identity.embedder.dimension, concurrency=concurrency)
        self._identity = identity
        self._collections = collections
        self._concurrency = concurrency
        self._live = live
        self._owns_client = live is None

    @property
    def identity(self) -> IndexIdentity:
        """What the index was built with."""
        return self._identity

    def size_on_disk(self) -> int | None:
        """Unknown, None: the server keeps the files."""
        return None

    def set_url(self, url: str) -> None:
        """Nothing to tell: any number of processes may use a server."""

    async def begin_generation(self, identity: IndexIdentity) -> "QdrantStore":
        """An empty store beside this one, to be filled and then promoted.

        Closing it unpromoted removes it; a process that dies leaves a collection without an
        alias, which does no harm.
        """
        return await self._worker.run(self._begin, identity)

    async def promote(self) -> None:
        """Make this generation the index; the store that began it serves it from here on.

        This object must not be used afterwards; the earlier collection is removed, so other
        processes that serve it get errors until they are started again.

        Raises:
            StoreUnavailable: this store was not begun by `begin_generation`, or is closed.
        """
        live = self._live
        if live is None:
            raise StoreUnavailable("only a generation that was begun and not closed is promoted")
        await live._worker.run(live._adopt, self)

    def close(self) -> None:
        """Let go of the server; calling it again does nothing."""
        if self._live is not None:
            self._live = None
            self._collections.remove(self._engine.collection)
        if self._owns_client:
            self._engine.client.close()

    def _begin(self, identity: IndexIdentity) -> "QdrantStore":
        name = self._collections.following()
        self._collections.create(name, identity)
        return QdrantStore(
            QdrantPoints(self._engine.client, name, self._engine.calls),
            identity=identity,
            collections=self._collections,
            concurrency=self._concurrency,
            live=self,
        )

    def _adopt(self, promoted: "QdrantStore") -> None:
        old = self._engine.collection
        self._collections.point_alias(promoted._engine.collection)
        promoted._live = None
        self._engine = promoted._engine
        self._dimension = promoted._dimension
        self._identity = promoted._identity
        self._collections.remove(old)


def open_qdrant_store(
    settings: Settings, *, identity: IndexIdentity | None, create: bool
) -> QdrantStore:
    """The index that `settings.qdrant_collection` names on the server of `settings`.

    Args:
        settings: `qdrant_url` and what belongs to it.
        identity: what the index must have been built with; None opens any.
        create: make the index if there is none; needs an identity.

    Raises:
        ConfigError: there is no index and none is to be made.
        IndexIdentityMismatch: it was built otherwise.
        StoreUnavailable: the server does not answer.
        StoreRejected: it refuses the key or the request.
    """
    if settings.qdrant_url is None:
        raise ConfigError("SANAD_QDRANT_URL is not set: give the address of the Qdrant server")
    key = settings.qdrant_api_key
    try:
        client = QdrantClient(
            url=settings.qdrant_url,
            # As a header, because the client warns about keys over plain HTTP, which is how a
            # server in the same private network is reached.
            headers=None if key is None else {"api-key": key.get_secret_value()},
            timeout=settings.qdrant_timeout_s,
            # It would ask for the version in a thread of its own and warn; a server that does
            # not answer is reported by the first call.
            check_compatibility=False,
        )
    except ValueError as exc:
        raise ConfigError(f"SANAD_QDRANT_URL {settings.qdrant_url!r} is not an address") from exc
    collections = QdrantCollections(
        client=client,
        calls=QdrantCalls(place=f"the Qdrant server at {settings.qdrant_url}"),
        alias=settings.qdrant_collection,
        has_payload_indexes=True,
    )
    try:
        return _open(collections, identity=identity, create=create, concurrency=SERVER_CONCURRENCY)
    except BaseException:
        client.close()
        raise


def open_local_qdrant_store(
    client: QdrantClient, *, identity: IndexIdentity | None, create: bool, alias: str = "sanad"
) -> QdrantStore:
    """The same index in a client made with `location=":memory:"`; for tests."""
    collections = QdrantCollections(
        client=client,
        calls=QdrantCalls(place="the in-process Qdrant"),
        alias=alias,
        has_payload_indexes=False,
    )
    return _open(collections, identity=identity, create=create, concurrency=LOCAL_CONCURRENCY)


def _open(
    collections: QdrantCollections,
    *,
    identity: IndexIdentity | None,
    create: bool,
    concurrency: int,
) -> QdrantStore:
    name = collections.live()
    if name is None:
        if not create or identity is None:
            raise ConfigError(
                f"there is no index {collections.alias!r} on {collections.calls.place} yet: "
                "run `sanad index PATH`"
            )
        name = collections.first()
        collections.create(name, identity)
        stored = _checked(collections, name, identity)
        collections.point_alias(name)
    else:
        stored = _checked(collections, name, identity)
    return QdrantStore(
        QdrantPoints(collections.client, name, collections.calls),
        identity=stored,
        collections=collections,
        concurrency=concurrency,
    )


def _checked(
    collections: QdrantCollections, name: str, identity: IndexIdentity | None
) -> IndexIdentity:
    stored = collections.identity_of(name)
    if identity is not None:
        require_same(stored, identity)
    return stored
