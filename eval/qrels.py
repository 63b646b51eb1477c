"""Judgments as files: in TREC's format, or as BEIR keeps them."""

import csv
from collections.abc import Mapping
from pathlib import Path

from core.errors import SourceUnreadable
from eval import trec

Qrels = Mapping[str, Mapping[str, int]]
"""Grade by article id, by topic id."""

_BEIR_COLUMNS = ("query-id", "corpus-id", "score")
_BEIR_SUFFIX = ".tsv"


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Grade by article id, by topic id; BEIR's format is told by its first line.

    Raises:
        SourceUnreadable: the file cannot be read, or holds neither format.
    """
    try:
        with path.open(encoding="utf-8-sig") as lines:
            first = lines.readline()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceUnreadable(f"{path} cannot be read: {error}") from error
    if first.rstrip().split("\t")[0] == _BEIR_COLUMNS[0]:
        return read_beir_qrels(path)
    return trec.read_qrels(path)


def read_beir_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Grade by article id, by topic id, of a table as BEIR's (Thakur et al. 2021).

    Raises:
        SourceUnreadable: the file cannot be read, or is no such table.
    """
    found: dict[str, dict[str, int]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                topic, article, score = (row[name] for name in _BEIR_COLUMNS)
                found.setdefault(topic, {})[article] = int(score)
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be read: {error.strerror}") from error
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise SourceUnreadable(
            f"{path} holds no judgments: it needs the columns query-id, corpus-id and a whole score"
        ) from error
    return found


def write_qrels(qrels: Qrels, path: Path) -> None:
    """Write `qrels` in order of topic and article: BEIR's table to a .tsv, else TREC's lines.

    Raises:
        SourceUnreadable: the file cannot be written.
    """
    try:
        if path.suffix.lower() != _BEIR_SUFFIX:
            trec.write_qrels(qrels, path)
            return
        with path.open("w", encoding="utf-8", newline="") as lines:
            table = csv.writer(lines, delimiter="\t", lineterminator="\n")
            table.writerow(_BEIR_COLUMNS)
            for topic, grades in sorted(qrels.items()):
                table.writerows((topic, *judged) for judged in sorted(grades.items()))
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be written: {error.strerror}") from error
