"""Score normalisation by a cohort: what a cosine means for this question and that language.

Cosines of one model crowd into a narrow band that differs by language pair, so a raw cosine
says little. Each question is also scored against a fixed set of unrelated texts in many
languages; a passage's cosine is then told in deviations above the mean of the cohort texts
of its own language (test normalisation, Auckenthaler et al. 2000, "Score normalization for
text-independent speaker verification systems").
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile

import anyio.to_thread
import numpy as np

from core.ports import Embedder
from core.types import Vectors

MIN_DEVIATION = 1e-3
"""Floor of the deviation of cosines, so that no score becomes infinite."""


class Cohort:
    """Vectors of unrelated texts by language; each (n, dim) float32, unit norm."""

    def __init__(self, vectors: Mapping[str, Vectors]) -> None:
        self._vectors = dict(vectors)

    def scales(self, query: Vectors) -> "CohortScales":
        """Mean and deviation of the cosine of `query` (dim,) by language of the text."""
        by_language = {
            language: (float(scores.mean()), max(float(scores.std()), MIN_DEVIATION))
            for language, vectors in self._vectors.items()
            for scores in [vectors @ query]
        }
        return CohortScales(by_language)


class CohortScales:
    """The scale of one question's cosines for each language."""

    def __init__(self, by_language: Mapping[str, tuple[float, float]]) -> None:
        self._by_language = by_language
        means, deviations = zip(*by_language.values(), strict=True)
        # A language without cohort texts is judged by the average of the others.
        self._default = (sum(means) / len(means), sum(deviations) / len(deviations))

    def normalise(self, cosine: float, *, language: str) -> float:
        """Deviations above what an unrelated text in `language` would score."""
        mean, deviation = self._by_language.get(language, self._default)
        return float((cosine - mean) / deviation)


def cohort_texts() -> dict[str, list[str]]:
    """The texts shipped with Sanad: parallel paragraphs, the same count in each language."""
    folder = files("retrieval") / "cohort_texts"
    return {
        entry.name.removesuffix(".txt"): entry.read_text(encoding="utf-8").splitlines()
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".txt")
    }


async def load_cohort(
    embedder: Embedder, *, cache_dir: Path, report: Callable[[str], None]
) -> Cohort:
    """The cohort under `embedder`; its vectors are computed once and kept in `cache_dir`."""
    texts = cohort_texts()
    key = sha256(repr((embedder.identity, texts)).encode("utf-8")).hexdigest()[:16]
    path = cache_dir / "cohorts" / f"{key}.npz"
    kept = await anyio.to_thread.run_sync(_read, path, list(texts))
    if kept is not None:
        return Cohort(kept)
    report("preparing the score cohort (once a model, about half a minute) …")
    flat = [text for rows in texts.values() for text in rows]
    rows = iter(await embedder.embed_passages(flat))
    vectors = {language: np.stack([next(rows) for _ in lines]) for language, lines in texts.items()}
    await anyio.to_thread.run_sync(_write, path, vectors)
    return Cohort(vectors)


def _read(path: Path, languages: list[str]) -> dict[str, Vectors] | None:
    """The kept vectors; None if there are none or the file is damaged."""
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as kept:
            return {language: kept[language] for language in languages}
    except (OSError, ValueError, KeyError, EOFError):
        return None


def _write(path: Path, vectors: dict[str, Vectors]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        np.savez(part, **vectors)  # type: ignore[arg-type]  # stub takes allow_pickle for a name
    Path(part.name).replace(path)
