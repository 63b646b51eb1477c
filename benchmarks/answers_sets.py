"""The questions of `benchmarks/answers.py`, in sets that are asked under the same filter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from core.types import PassageFilter
from eval.collection import Collection, read_collection

LANGUAGES = ("ar", "en", "es", "tr", "zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """Topics asked within `where`; `withdrawn` is the share without what answers them."""

    name: str
    collection: Collection
    where: PassageFilter = PassageFilter()
    withdrawn: float = 0.0

    def cut(self, first: int | None) -> "QuestionSet":
        """The first topics only; all if None."""
        some = self.collection.topics[:first]
        return replace(self, collection=replace(self.collection, topics=some))


def full_sets(data: Path, sample: Path) -> list[QuestionSet]:
    """Every question of the open evaluation data in `data`, and of the sample archive."""
    xquad = data / "xquad"
    everything = read_collection(xquad)
    return [
        *_pairs(xquad),
        QuestionSet(name="xquad, all languages", collection=everything),
        QuestionSet(name="xquad, withdrawn", collection=everything, withdrawn=1.0),
        QuestionSet(name="headlines", collection=read_collection(data / "ant-news")),
        QuestionSet(name="why and how", collection=read_collection(data / "kaiflematha-dev")),
        *smoke_sets(sample),
    ]


def smoke_sets(sample: Path) -> list[QuestionSet]:
    """The sample archive's questions, as they are and without what answers them."""
    collection = read_collection(sample)
    return [
        QuestionSet(name="sample", collection=collection),
        QuestionSet(name="sample, withdrawn", collection=collection, withdrawn=1.0),
    ]


def archive_of(sets: Sequence[QuestionSet]) -> Collection:
    """One collection of the articles of all of them, without topics."""
    corpora = dict.fromkeys(path for one in sets for path in one.collection.corpus)
    return Collection(
        name="everything", corpus=tuple(corpora), topics=(), article_languages={}, files={}
    )


def _pairs(folder: Path) -> Iterator[QuestionSet]:
    for asked, searched in product(LANGUAGES, LANGUAGES):
        yield QuestionSet(
            name=f"xquad {asked}->{searched}",
            collection=read_collection(
                folder, query_languages=[asked], document_languages=[searched]
            ),
            where=PassageFilter(languages=(searched,)),
        )
