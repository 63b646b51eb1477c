"""A plain script: sentence-transformers and a matrix product.

As in "Semantic Search" of the documentation of sentence-transformers: `encode_document` for the
corpus, `encode_query` for a question, both with the prompts in the model's own folder. A document
is one text, cut by the model at 512 tokens; nothing is split. Several questions at once are
encoded as one batch.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from harness import TOP_DOCUMENTS, main, read_documents
from sentence_transformers import SentenceTransformer


class NumpySearch:
    """Vectors in a .npy file and ids beside it."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._model = SentenceTransformer(job["model"], device="cpu")
        self._vectors_file = Path(job["work"]) / "vectors.npy"
        self._ids_file = Path(job["work"]) / "ids.json"

    def index(self, documents: Path) -> int:
        """Encode everything and save it."""
        given = read_documents(documents)
        texts = [f"{document.title}\n{document.text}".strip() for document in given]
        vectors = self._model.encode_document(texts, normalize_embeddings=True)
        np.save(self._vectors_file, vectors)
        self._ids_file.write_text(json.dumps([each.id for each in given]), encoding="utf-8")
        return len(vectors)

    def open(self) -> None:
        """Read it back."""
        self._vectors = np.load(self._vectors_file)
        self._ids = json.loads(self._ids_file.read_text(encoding="utf-8"))

    def search(self, question: str) -> list[str]:
        """Nearest documents."""
        return self._nearest([question])[0]

    def search_all(self, questions: Sequence[str], *, clients: int) -> list[list[str]]:
        """In batches of as many questions as there are clients."""
        found = []
        for start in range(0, len(questions), clients):
            found += self._nearest(questions[start : start + clients])
        return found

    def close(self) -> None:
        """Nothing is held open."""

    def _nearest(self, questions: Sequence[str]) -> list[list[str]]:
        vectors = self._model.encode_query(list(questions), normalize_embeddings=True)
        order = np.argsort(-(vectors @ self._vectors.T), axis=1)[:, :TOP_DOCUMENTS]
        return [[self._ids[column] for column in row] for row in order]


if __name__ == "__main__":
    main(NumpySearch, libraries=["sentence-transformers", "transformers", "torch", "numpy"])
