"""Haystack over Qdrant, as "Creating Pipelines" of its documentation puts an index together.

Indexing: cleaner, splitter, document embedder, writer; asking: text embedder and retriever; each
with its defaults (200 words a split), but for the prompts as `prefix` and the title through
`meta_fields_to_embed`, both documented for models and documents like these. The retriever returns
splits: 30, of which each document counts once. Its hybrid retriever is left out: it needs a
second, sparse model. Qdrant runs in local mode, in this process, whose folder its asynchronous
client could not open too; so several questions at once are asked by threads.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness import TOP_PASSAGES, first_of_each, in_threads, main, read_documents
from haystack import Document, Pipeline
from haystack.components.preprocessors import DocumentCleaner, DocumentSplitter
from haystack.components.writers import DocumentWriter
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.retrievers.qdrant import QdrantEmbeddingRetriever
from haystack_integrations.document_stores.qdrant import QdrantDocumentStore

DIMENSION = 384


class HaystackSearch:
    """Two pipelines over a Qdrant collection in a folder; only the job's one loads the model."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._store = QdrantDocumentStore(
            path=str(Path(job["work"]) / "qdrant"),
            embedding_dim=DIMENSION,
            progress_bar=False,
            # Questions come from threads: they read only.
            force_disable_check_same_thread=True,
        )
        indexing = job["action"] == "index"
        make = self._indexing if indexing else self._asking
        self._pipeline = make(job["model"])
        self._pipeline.warm_up()

    def index(self, documents: Path) -> int:
        """Run the indexing pipeline."""
        given = [
            Document(
                content=document.text,
                meta={"document_id": document.id}
                | ({"title": document.title} if document.title else {}),
            )
            for document in read_documents(documents)
        ]
        self._pipeline.run({"cleaner": {"documents": given}})
        return int(self._store.count_documents())

    def open(self) -> None:
        """The asking pipeline opens the collection with its first question."""

    def search(self, question: str) -> list[str]:
        """The documents of the nearest splits."""
        found = self._pipeline.run({"embedder": {"text": question}})["retriever"]["documents"]
        return first_of_each([document.meta["document_id"] for document in found])

    def search_all(self, questions: Sequence[str], *, clients: int) -> list[list[str]]:
        """By threads."""
        return in_threads(self.search, questions, clients=clients)

    def close(self) -> None:
        """Release the folder."""
        self._store.close()

    def _indexing(self, model: str) -> Pipeline:
        pipeline = Pipeline()
        pipeline.add_component("cleaner", DocumentCleaner())
        pipeline.add_component("splitter", DocumentSplitter())
        pipeline.add_component(
            "embedder",
            SentenceTransformersDocumentEmbedder(
                model=model,
                device=ComponentDevice.from_str("cpu"),
                prefix="passage: ",
                meta_fields_to_embed=["title"],
                progress_bar=False,
            ),
        )
        pipeline.add_component("writer", DocumentWriter(document_store=self._store))
        pipeline.connect("cleaner", "splitter")
        pipeline.connect("splitter", "embedder")
        pipeline.connect("embedder", "writer")
        return pipeline

    def _asking(self, model: str) -> Pipeline:
        pipeline = Pipeline()
        embedder = SentenceTransformersTextEmbedder(
            model=model,
            device=ComponentDevice.from_str("cpu"),
            prefix="query: ",
            progress_bar=False,
        )
        pipeline.add_component("embedder", embedder)
        retriever = QdrantEmbeddingRetriever(document_store=self._store, top_k=TOP_PASSAGES)
        pipeline.add_component("retriever", retriever)
        pipeline.connect("embedder.embedding", "retriever.query_embedding")
        return pipeline


if __name__ == "__main__":
    main(
        HaystackSearch,
        libraries=[
            "haystack-ai",
            "qdrant-haystack",
            "sentence-transformers-haystack",
            "qdrant-client",
            "sentence-transformers",
            "transformers",
            "torch",
        ],
    )
