"""LlamaIndex over Qdrant, as the Qdrant page of its documentation sets it up.

`VectorStoreIndex.from_documents` with the default splitter (sentences, 1,024 tokens of its own
tokenizer, 200 of overlap; the model cuts what exceeds its 512), the title as metadata, which it
puts before every node's text, and `HuggingFaceEmbedding` with `query_instruction` and
`text_instruction`. A retriever returns nodes: 30, of which each document counts once. Its hybrid
search is left out: it needs a second, sparse model.
Qdrant runs in local mode, in this process, because a local client cannot be shared with an
asynchronous one nor a server be assumed; so several questions at once are asked by threads.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness import TOP_PASSAGES, first_of_each, in_threads, main, read_documents
from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.qdrant import QdrantVectorStore
from qdrant_client import QdrantClient

COLLECTION = "documents"


class LlamaIndexSearch:
    """A Qdrant collection in a folder."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._embedding = HuggingFaceEmbedding(
            model_name=job["model"],
            query_instruction="query: ",
            text_instruction="passage: ",
            device="cpu",
        )
        # Questions come from threads: they read only.
        self._client = QdrantClient(
            path=str(Path(job["work"]) / "qdrant"), force_disable_check_same_thread=True
        )

    def index(self, documents: Path) -> int:
        """Split, embed and store."""
        VectorStoreIndex.from_documents(
            [
                Document(
                    doc_id=document.id,
                    text=document.text,
                    metadata={"title": document.title} if document.title else {},
                )
                for document in read_documents(documents)
            ],
            storage_context=StorageContext.from_defaults(vector_store=self._store()),
            embed_model=self._embedding,
        )
        return self._client.count(COLLECTION).count

    def open(self) -> None:
        """Make the retriever over the stored collection."""
        index = VectorStoreIndex.from_vector_store(self._store(), embed_model=self._embedding)
        self._retriever = index.as_retriever(similarity_top_k=TOP_PASSAGES)

    def search(self, question: str) -> list[str]:
        """The documents of the nearest nodes."""
        return first_of_each([
            found.node.ref_doc_id for found in self._retriever.retrieve(question)
        ])

    def search_all(self, questions: Sequence[str], *, clients: int) -> list[list[str]]:
        """By threads."""
        return in_threads(self.search, questions, clients=clients)

    def close(self) -> None:
        """Release the folder."""
        self._client.close()

    def _store(self) -> QdrantVectorStore:
        return QdrantVectorStore(client=self._client, collection_name=COLLECTION)


if __name__ == "__main__":
    main(
        LlamaIndexSearch,
        libraries=[
            "llama-index-core",
            "llama-index-vector-stores-qdrant",
            "llama-index-embeddings-huggingface",
            "qdrant-client",
            "sentence-transformers",
            "transformers",
            "torch",
        ],
    )
