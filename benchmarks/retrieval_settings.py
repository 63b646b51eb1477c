"""What is measured: which articles lie in the index, what is asked, and what should come of it."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from eval.collection import Collection, corpus_file, read_collection
from eval.environment import checksum
from eval.records import read_records, record_id

LANGUAGES = ("ar", "en", "es", "tr", "zh")

SMALL_PAIRS = {
    "ar": ("ar", "en", "es", "tr", "zh"),
    "en": ("en", "ar"),
    "es": ("es",),
    "tr": ("tr",),
    "zh": ("zh",),
}
"""Languages of the questions, by that of the paragraphs."""

SPARSE = (0, 3, 6)
"""Of eight paragraphs, those kept where all languages but Arabic are to be 1 % of the articles."""

LARGE_PAIRS = {"ar": ("ar", "en", "es", "tr", "zh"), "en": ("ar",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """An index and what is asked of it.

    `name` is "part/what": rows of a part are read together. `guests` are put beside the articles
    of `base`, which stay from setting to setting. `asked` are collections by the name of their
    group; those of a setting with `fairness` are parallel.
    """

    name: str
    base: tuple[Path, ...]
    guests: tuple[Path, ...]
    asked: Mapping[str, Collection]
    fairness: bool = False

    @property
    def part(self) -> str:
        """What its rows are read together with."""
        return self.name.split("/", maxsplit=1)[0]

    @property
    def cost(self) -> int:
        """About what it takes, in questions of a small index of one language.

        A large index takes as much again, and so do several languages.
        """
        questions = sum(len(collection.topics) for collection in self.asked.values())
        return questions * (1 + bool(self.base) + (len(self.guests) > 1))


def full_settings(data: Path, work: Path) -> list[Setting]:
    """All settings over the open evaluation data in the folder `data`; writes to `work`.

    News articles are indexed without their titles wherever they are, because the titles are what
    is asked for in "headlines"; so one index of them serves every setting.
    """
    xquad, news = data / "xquad", data / "ant-news"
    bodies = without_titles(corpus_file(news), work)
    kaiflematha = read_collection(data / "kaiflematha-dev")
    paragraphs = tuple(corpus_file(xquad / "corpus" / language) for language in LANGUAGES)
    five = {"all": read_collection(xquad)}
    return [
        *_by_documents("small", xquad, SMALL_PAIRS, ()),
        Setting(name="fair/alone", base=(), guests=paragraphs, asked=five, fairness=True),
        *_by_documents("large", xquad, LARGE_PAIRS, (bodies,)),
        Setting(name="fair-large", base=(bodies,), guests=paragraphs, asked=five, fairness=True),
        _sparse("fair-99", five["all"], (bodies,), work),
        Setting(
            name="headlines",
            base=(bodies,),
            guests=(),
            asked={"headline->article": read_collection(news)},
        ),
        Setting(
            name="kaiflematha",
            base=(bodies,),
            guests=kaiflematha.corpus,
            asked={"why and how": kaiflematha},
        ),
    ]


def smoke_settings(sample: Path, work: Path) -> list[Setting]:
    """The sample archive whole, and once more with half of it as guests: figures must agree."""
    collection = read_collection(sample)
    halves = split_corpus(corpus_file(sample), work)
    return [
        Setting(name="sample/whole", base=(), guests=collection.corpus, asked={"all": collection}),
        Setting(
            name="sample/hosted", base=halves[:1], guests=halves[1:], asked={"all": collection}
        ),
    ]


def chosen(settings: Sequence[Setting], names: Sequence[str]) -> list[Setting]:
    """The settings whose name or part is among `names`; all if there are none.

    Raises:
        SystemExit: a name is of no setting.
    """
    known = {setting.name for setting in settings} | {setting.part for setting in settings}
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"--only {unknown[0]}: choose from {', '.join(sorted(known))}")
    return [one for one in settings if not names or {one.name, one.part} & set(names)]


def lanes(settings: Sequence[Setting], count: int) -> list[list[Setting]]:
    """At most `count` lists that cost about the same, none empty, in the order of `settings`.

    The costliest first, each to the list that costs least so far (Graham 1969, "Bounds on
    Multiprocessing Timing Anomalies").
    """
    parted: list[list[Setting]] = [[] for _ in range(count)]
    for setting in sorted(settings, key=lambda one: -one.cost):
        min(parted, key=lambda lane: sum(one.cost for one in lane)).append(setting)
    return [[one for one in settings if one in lane] for lane in parted if lane]


def without_titles(corpus: Path, work: Path) -> Path:
    """A file in `work` with the records of `corpus`, every title empty; written once."""
    path = work / f"bodies-{checksum(corpus)[:12]}.jsonl.gz"
    if not path.is_file():
        _write(path, ({**record, "title": ""} for record in read_records(corpus)))
    return path


def split_corpus(corpus: Path, work: Path) -> tuple[Path, Path]:
    """The records of `corpus` in turn in two files."""
    records = list(read_records(corpus))
    first = _write(work / "first-half.jsonl.gz", records[::2])
    return first, _write(work / "second-half.jsonl.gz", records[1::2])


def _sparse(name: str, collection: Collection, base: tuple[Path, ...], work: Path) -> Setting:
    """Some of the articles of a parallel collection, the same in each language, among `base`."""
    kept: set[str] = set()
    guests = []
    for corpus in collection.corpus:
        some = [one for i, one in enumerate(read_records(corpus)) if i % 8 in SPARSE]
        kept.update(record_id(record, corpus) for record in some)
        guests.append(_write(work / "sparse" / f"{corpus.parent.name}.jsonl.gz", some))
    asked = replace(
        collection,
        corpus=tuple(guests),
        topics=tuple(topic for topic in collection.topics if topic.relevant.keys() <= kept),
    )
    return Setting(name=name, base=base, guests=tuple(guests), asked={"all": asked}, fairness=True)


def _by_documents(
    part: str, xquad: Path, pairs: Mapping[str, Sequence[str]], base: tuple[Path, ...]
) -> Iterator[Setting]:
    read = partial(read_collection, xquad)
    for documents, languages in pairs.items():
        yield Setting(
            name=f"{part}/{documents}",
            base=base,
            guests=(corpus_file(xquad / "corpus" / documents),),
            asked={
                f"{asked}->{documents}": read(
                    query_languages=[asked], document_languages=[documents]
                )
                for asked in languages
            },
        )


def _write(path: Path, records: Iterable[Mapping[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    # Name and time of the archive are left out: its checksum names the index that is kept.
    with (
        part.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=1, mtime=0) as packed,
    ):
        for record in records:
            packed.write(json.dumps(record, ensure_ascii=False).encode("utf-8") + b"\n")
    return part.replace(path)
