"""How surely the language of a short question is told, by set and by language.

    python benchmarks/language.py --collection xquad --json benchmarks/results/language.json

Sets: the committed short questions, one file of which was written after the constants had been
chosen; the sample archive's questions; and the questions of a parallel collection, if given.
Beside Sanad stands py3langid as it comes, with dialects folded into their standard language.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from py3langid.langid import MODEL_FILE, LanguageIdentifier

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.environment import environment  # noqa: E402  # after the path is set
from benchmarks.language_data import Question, read_questions, read_topics  # noqa: E402
from benchmarks.tables import markdown_table  # noqa: E402
from core.language import LanguageGuess, guess_language  # noqa: E402
from eval.intervals import estimate  # noqa: E402

DATA = ROOT / "tests" / "core" / "data"
WRITTEN = ("short_questions", "short_questions_unseen")
DIALECTS = {"arz": "ar", "ary": "ar", "wuu": "zh", "yue": "zh"}

Guesser = Callable[[str], LanguageGuess]


def main() -> int:
    """Measure, print the tables and write the results."""
    given = _arguments()
    sets = {name: read_questions(DATA / f"{name}.txt") for name in WRITTEN}
    sets["sample"] = list(read_topics(ROOT / "sample" / "queries.jsonl"))
    if given.collection:
        sets[given.collection.resolve().name] = _collection(given.collection)
    systems = {"py3langid alone": _plain(), "Sanad": guess_language}
    rows = [
        _row(system, name, questions, guess=guess)
        for name, questions in sets.items()
        for system, guess in systems.items()
    ]
    by_language = [
        _row(system, f"{name} {language}", chosen, guess=guess)
        for name, questions in sets.items()
        for language in sorted({question.label for question in questions})
        for chosen in [[each for each in questions if each.label == language]]
        for system, guess in systems.items()
    ]
    sys.stdout.write(markdown_table([_shown(row) for row in rows]) + "\n")
    sys.stdout.write(markdown_table(_side_by_side(by_language)) + "\n")
    if given.json:
        result = {
            "environment": environment(),
            "right": "share told right; interval: 95 % bootstrap over questions",
            "among": "share whose language is the one told or among the others that are near",
            "sets": rows,
            "languages": by_language,
            "wrong": _wrong(sets),
        }
        text = json.dumps(result, indent=2, ensure_ascii=False)
        given.json.write_text(text + "\n", encoding="utf-8")
    return 0


def _collection(folder: Path) -> list[Question]:
    return [
        question
        for part in sorted((folder / "queries").iterdir())
        for question in read_topics(part / "queries.jsonl", language=part.name)
    ]


def _plain() -> Guesser:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)

    def guess(text: str) -> LanguageGuess:
        label = str(identifier.classify(text)[0])
        return LanguageGuess(language=DIALECTS.get(label, label))

    return guess


def _row(
    system: str, name: str, questions: Sequence[Question], *, guess: Guesser
) -> dict[str, object]:
    guess(questions[0].text)
    started = time.perf_counter()
    told = [guess(question.text) for question in questions]
    taken_s = time.perf_counter() - started
    pairs = list(zip(questions, told, strict=True))
    right = [float(found.language in asked.languages) for asked, found in pairs]
    among = [bool({found.language, *found.others} & asked.languages) for asked, found in pairs]
    sure = [is_right for is_right, found in zip(right, told, strict=True) if found.is_sure]
    return {
        "set": name,
        "system": system,
        "questions": len(questions),
        "right": asdict(estimate(right)),
        "among": sum(among) / len(among),
        "sure": len(sure) / len(told),
        "sure_and_right": sum(sure) / len(sure) if sure else None,
        "ms": taken_s / len(questions) * 1e3,
    }


def _shown(row: dict[str, object]) -> dict[str, object]:
    right = row["right"]
    assert isinstance(right, dict)
    return row | {
        "right": right["mean"],
        "interval": f"{right['low']:.3f} to {right['high']:.3f}",
    }


def _side_by_side(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    found: dict[object, dict[str, object]] = {}
    for row in rows:
        right = row["right"]
        assert isinstance(right, dict)
        line = found.setdefault(row["set"], {"set": row["set"], "questions": row["questions"]})
        line[str(row["system"])] = right["mean"]
    return list(found.values())


def _wrong(sets: dict[str, list[Question]]) -> list[dict[str, object]]:
    """What Sanad tells wrong in the sets that are committed."""
    return [
        {"text": question.text, "meant": sorted(question.languages), "told": told.language}
        for name in WRITTEN
        for question in sets[name]
        for told in [guess_language(question.text)]
        if told.language not in question.languages
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--collection", type=Path, help="a parallel collection: queries/<language>")
    parser.add_argument("--json", type=Path, help="where to write the result")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
