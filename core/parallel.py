"""The same short news paragraphs in many languages, written for Sanad: a fixed public yardstick.

The scales of scores between languages and the calibration of quantised models are taken on them.
"""

from importlib.resources import files


def parallel_texts() -> dict[str, list[str]]:
    """Paragraphs by language, parallel: the same count in each, line by line translations."""
    folder = files("core") / "parallel_texts"
    return {
        entry.name.removesuffix(".txt"): entry.read_text(encoding="utf-8").splitlines()
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".txt")
    }
