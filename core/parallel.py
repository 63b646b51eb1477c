"""The same short news texts in many languages, written for Sanad: a fixed public yardstick.

The scales of scores between languages and the calibration of quantised models are taken on them.
"""

from importlib.resources import files


def parallel_texts() -> dict[str, list[str]]:
    """Paragraphs by language, parallel: the same count in each, line by line translations."""
    return _lines("parallel_texts")


def parallel_questions() -> dict[str, list[str]]:
    """Questions that readers of news ask, in the same languages and as parallel."""
    return _lines("parallel_questions")


def _lines(name: str) -> dict[str, list[str]]:
    return {
        entry.name.removesuffix(".txt"): entry.read_text(encoding="utf-8").splitlines()
        for entry in sorted((files("core") / name).iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".txt")
    }
