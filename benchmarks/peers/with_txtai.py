"""txtai: its embeddings database, as its documentation begins.

`Embeddings(path=...)` with the defaults: Faiss, and documents as whole texts, cut by the model at
512 tokens (splitting is a pipeline that the documentation leaves to the user). The prompts are
given as `instructions`, as "Vectors" of its documentation asks for E5 models. `hybrid` is its
documented switch for BM25 beside the vectors; both settings are measured. Several questions at
once go through `batchsearch`, in batches of as many as there are clients.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness import TOP_DOCUMENTS, main, read_documents
from txtai import Embeddings


class Txtai:
    """An embeddings database saved in a folder."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._folder = str(Path(job["work"]) / "index")
        settings = {
            "path": job["model"],
            "instructions": {"query": "query: ", "data": "passage: "},
            "gpu": False,
            **job["options"],
        }
        # A saved index names its model and loads it: two would be in memory.
        self._embeddings = Embeddings(settings if job["action"] == "index" else None)

    def index(self, documents: Path) -> int:
        """Build and save."""
        self._embeddings.index(
            (document.id, f"{document.title}\n{document.text}".strip())
            for document in read_documents(documents)
        )
        self._embeddings.save(self._folder)
        count: int = self._embeddings.count()
        return count

    def open(self) -> None:
        """Load it with its model."""
        self._embeddings.load(self._folder)

    def search(self, question: str) -> list[str]:
        """Nearest documents."""
        return [found[0] for found in self._embeddings.search(question, TOP_DOCUMENTS)]

    def search_all(self, questions: Sequence[str], *, clients: int) -> list[list[str]]:
        """In batches of as many questions as there are clients."""
        answers = []
        for start in range(0, len(questions), clients):
            batch = list(questions[start : start + clients])
            for results in self._embeddings.batchsearch(batch, TOP_DOCUMENTS):
                answers.append([found[0] for found in results])  # noqa: PERF401
        return answers

    def close(self) -> None:
        """Release the index."""
        self._embeddings.close()


if __name__ == "__main__":
    main(Txtai, libraries=["txtai", "faiss-cpu", "transformers", "torch"])
