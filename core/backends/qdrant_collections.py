"""The collections of an index on Qdrant: numbered ones and the alias that names the live one.

`sanad` is an alias of `sanad-0001`; a rebuilt index is `sanad-0002`, and so on. A collection
carries what it was built with in its metadata.
"""

import re
from dataclasses import dataclass

from qdrant_client import QdrantClient, models

from core.backends import payload
from core.backends.identity_record import identity_in, identity_record
from core.backends.point_engine import DENSE, LEXICAL
from core.backends.qdrant_calls import QdrantCalls, is_conflict
from core.errors import StoreRejected
from core.identity import IndexIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class QdrantCollections:
    """Makes, finds and removes the collections of one alias.

    `has_payload_indexes` is False for Qdrant's in-process mode, which has none and warns.
    Every method raises StoreUnavailable or StoreRejected.
    """

    client: QdrantClient
    calls: QdrantCalls
    alias: str
    has_payload_indexes: bool

    def live(self) -> str | None:
        """The collection that the alias names, or None if there is no such alias."""
        known = self.calls(self.client.get_aliases).aliases
        names = [entry.collection_name for entry in known if entry.alias_name == self.alias]
        return names[0] if names else None

    def identity_of(self, collection: str) -> IndexIdentity:
        """What the collection was built with.

        Raises:
            IndexIdentityMismatch: it does not say, or in a way this version cannot read.
        """
        info = self.calls(lambda: self.client.get_collection(collection))
        return identity_in(
            info.config.metadata, place=f"collection {collection} of {self.calls.place}"
        )

    def first(self) -> str:
        """The name of the first collection: the same for processes that start at once."""
        return f"{self.alias}-0001"

    def following(self) -> str:
        """A name for the next collection, with a number that none has had beside it."""
        pattern = re.compile(re.escape(self.alias) + r"-(\d{4,})")
        known = self.calls(self.client.get_collections).collections
        found = (pattern.fullmatch(entry.name) for entry in known)
        return f"{self.alias}-{max((int(m[1]) for m in found if m), default=0) + 1:04d}"

    def create(self, collection: str, identity: IndexIdentity) -> None:
        """Make the collection and its payload indexes; one that exists is completed."""
        if not self.calls(lambda: self.client.collection_exists(collection)):
            try:
                self.calls(lambda: self._create(collection, identity))
            except StoreRejected as fault:
                # Another process, or an earlier try whose answer was lost, has just made it.
                if not is_conflict(fault):
                    raise
        if self.has_payload_indexes:
            for key in payload.KEYWORD_KEYS:
                self._index(collection, key, models.PayloadSchemaType.KEYWORD)
            for key in payload.DATETIME_KEYS:
                self._index(collection, key, models.PayloadSchemaType.DATETIME)

    def point_alias(self, collection: str) -> None:
        """Make the alias name `collection`, in one step even if it named another."""
        operations: list[models.AliasOperations] = []
        if self.live() is not None:
            drop = models.DeleteAlias(alias_name=self.alias)
            operations.append(models.DeleteAliasOperation(delete_alias=drop))
        name = models.CreateAlias(collection_name=collection, alias_name=self.alias)
        operations.append(models.CreateAliasOperation(create_alias=name))
        self.calls(lambda: self.client.update_collection_aliases(operations))

    def remove(self, collection: str) -> None:
        """Delete the collection; one that does not exist is no fault."""
        self.calls(lambda: self.client.delete_collection(collection))

    def _create(self, collection: str, identity: IndexIdentity) -> bool:
        return self.client.create_collection(
            collection,
            vectors_config={
                DENSE: models.VectorParams(
                    size=identity.embedder.dimension, distance=models.Distance.COSINE
                )
            },
            sparse_vectors_config={
                LEXICAL: models.SparseVectorParams(modifier=models.Modifier.IDF)
            },
            on_disk_payload=True,
            # A filter on a field that nobody indexed is a fault of ours: refused, not slow.
            strict_mode_config=models.StrictModeConfig(
                enabled=True, unindexed_filtering_retrieve=False, unindexed_filtering_update=False
            ),
            metadata=identity_record(identity),
        )

    def _index(self, collection: str, key: str, schema: models.PayloadSchemaType) -> None:
        self.calls(
            lambda: self.client.create_payload_index(
                collection, field_name=key, field_schema=schema, wait=True
            )
        )
