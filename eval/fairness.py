"""Whether a reader who asks in one language finds what is written in another.

Measured on one run over one index of several languages, deep enough (100 articles a topic). A
topic is *parallel* if its relevant articles are one in each of several languages: translations of
each other, as in XQuAD's parallel paragraphs (Artetxe et al. 2020, "On the Cross-lingual
Transferability of Monolingual Representations"). With T the relevant articles of a topic, and
q and d the languages of question and article:

translations   R@k = |T in the first k| / |T|, and All@20, 1 if all of T are in the first 20: one
               pool of candidates in all languages, as in LAReQA (Roy et al. 2020)
only_in        only-in-another-language: of T, only the article in d may be found; the others are
               taken out of the ranking. With the one that is left at rank r, nDCG@10 is
               1 / log2(1 + r) if r <= 10, else 0 (Järvelin and Kekäläinen 2002), Success@1 is r = 1
shares         by q: the mean share of each language in the first 10 results against its mean share
               in T, and half the sum of the absolute differences: total variation distance, 0 if
               results come as the relevant ones do (exposure with equal attention to the first
               10, after Sapiezynski et al. 2019, "Quantifying the Impact of User Attention")
gaps           by q and d: the median over topics of rank(article in d) - rank(article in q);
               positive: the translation stands below. Of n translations ranked without regard to
               language, medians are about 0; with the own first and the others next, 1 to n - 1

A rival that tests equality of rank distributions is PEER (Yang et al. 2024, "Language Fairness in
Multilingual Information Retrieval").
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, median

from core.errors import InputError
from eval.intervals import Estimate, estimate
from eval.runs import Run, RunTopic
from eval.trec import best_first

CUTOFF = 10
DEEP_CUTOFF = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyIn:
    """The only-in-another-language test of one pair.

    `exhausted` counts rankings that held fewer than 10 articles once the other translations were
    taken out: there, and only there, a deeper run might have found more.
    """

    ndcg: Estimate
    success: Estimate
    exhausted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Languages of the first 10 results and of the relevant articles, for one query language."""

    first: dict[str, float]
    relevant: dict[str, float]
    distance: float
    topics: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Median difference of ranks over the topics that found at least one of the two articles.

    Where the other was not found, which `not_found` counts, it stands one after the last: with
    more than half of them, the median is no more than a bound.
    """

    median: float
    topics: int
    not_found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """All measures over `topics` parallel topics; see the module.

    `translations` by "all" and query language, `only_in` and `gaps` by pair ("en->ar"), `shares`
    by query language, over all measured topics.
    """

    topics: int
    translations: dict[str, dict[str, Estimate]]
    only_in: dict[str, OnlyIn]
    shares: dict[str, Shares]
    gaps: dict[str, Gap]

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, in the shape of fairness.json.

        {"topics": n,
         "translations": {"all" or language: {"R@10" "R@20" "All@20": {mean, low, high, n}}},
         "only_in": {pair: {"nDCG@10", "Success@1": {mean, low, high, n}, "exhausted": n}},
         "shares": {language: {"first": {language: share}, "relevant": {language: share},
                               "distance": d, "topics": n}},
         "gaps": {pair: {"median": ranks, "topics": n, "not_found": n}}}
        """
        return {
            "topics": self.topics,
            "translations": {
                name: {measure: asdict(found) for measure, found in estimates.items()}
                for name, estimates in self.translations.items()
            },
            "only_in": {
                pair: {
                    "nDCG@10": asdict(found.ndcg),
                    "Success@1": asdict(found.success),
                    "exhausted": found.exhausted,
                }
                for pair, found in self.only_in.items()
            },
            "shares": {name: asdict(found) for name, found in self.shares.items()},
            "gaps": {pair: asdict(found) for pair, found in self.gaps.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parallel:
    """A parallel topic: the article of each language, and all articles found, best first."""

    language: str
    translations: Mapping[str, str]
    order: Sequence[str]

    def rank(self, article_id: str) -> int | None:
        return self.order.index(article_id) + 1 if article_id in self.order else None


def measure_fairness(run: Run) -> Fairness:
    """The fairness of a run.

    Raises:
        InputError: no topic of the run is parallel.
    """
    parallel = [found for topic in run.topics if (found := _parallel(topic, run)) is not None]
    if not parallel:
        raise InputError(
            f"{run.name} has no topic with one relevant article in each of several languages: "
            "fairness is measured on a parallel collection, indexed in all its languages"
        )
    languages = sorted({topic.language for topic in parallel})
    pairs = sorted({(topic.language, other) for topic in parallel for other in topic.translations})
    by_language = {name: [one for one in parallel if one.language == name] for name in languages}
    return Fairness(
        topics=len(parallel),
        translations={"all": _translations(parallel)}
        | {name: _translations(topics) for name, topics in by_language.items()},
        only_in={f"{q}->{d}": _only_in(by_language[q], d) for q, d in pairs},
        shares=_shares_by_language(run.topics),
        gaps={
            f"{q}->{d}": gap
            for q, d in pairs
            if q != d and (gap := _gap(by_language[q], q, d)) is not None
        },
    )


def _parallel(topic: RunTopic, run: Run) -> _Parallel | None:
    translations = {judged.language: judged.article_id for judged in topic.judged}
    if len(translations) < 2 or len(translations) < len(topic.judged) or not topic.measures:
        return None
    order = best_first(run.ranking.get(topic.id, {}))
    return _Parallel(language=topic.language, translations=translations, order=order)


def _translations(topics: Sequence[_Parallel]) -> dict[str, Estimate]:
    shares: dict[str, list[float]] = {"R@10": [], "R@20": [], "All@20": []}
    for topic in topics:
        relevant = set(topic.translations.values())
        at_10, at_20 = (
            len(relevant & set(topic.order[:cutoff])) / len(relevant)
            for cutoff in (CUTOFF, DEEP_CUTOFF)
        )
        shares["R@10"].append(at_10)
        shares["R@20"].append(at_20)
        shares["All@20"].append(float(at_20 == 1))
    return {name: estimate(values) for name, values in shares.items()}


def _only_in(topics: Sequence[_Parallel], language: str) -> OnlyIn:
    gains: list[float] = []
    firsts: list[float] = []
    exhausted = 0
    for topic in topics:
        kept = topic.translations.get(language)
        if kept is None:
            continue
        taken_out = set(topic.translations.values()) - {kept}
        order = [key for key in topic.order if key not in taken_out]
        rank = order.index(kept) + 1 if kept in order else None
        gains.append(1 / math.log2(1 + rank) if rank is not None and rank <= CUTOFF else 0.0)
        firsts.append(float(rank == 1))
        exhausted += len(order) < CUTOFF
    return OnlyIn(ndcg=estimate(gains), success=estimate(firsts), exhausted=exhausted)


def _shares_by_language(topics: Iterable[RunTopic]) -> dict[str, Shares]:
    by_language: dict[str, list[RunTopic]] = {}
    for topic in topics:
        if topic.measures and topic.results:
            by_language.setdefault(topic.language, []).append(topic)
    return {name: _shares(by_language[name]) for name in sorted(by_language)}


def _shares(topics: Sequence[RunTopic]) -> Shares:
    first = _mean_shares([[one.language for one in topic.results[:CUTOFF]] for topic in topics])
    relevant = _mean_shares([[one.language for one in topic.judged] for topic in topics])
    either = first.keys() | relevant.keys()
    distance = sum(abs(first.get(key, 0.0) - relevant.get(key, 0.0)) for key in either) / 2
    return Shares(first=first, relevant=relevant, distance=distance, topics=len(topics))


def _mean_shares(languages_of_topics: Sequence[Sequence[str]]) -> dict[str, float]:
    """Mean over topics of the share of each language; each topic weighs the same."""
    counts = [Counter(languages) for languages in languages_of_topics]
    names = sorted({name for count in counts for name in count})
    return {name: fmean(count[name] / count.total() for count in counts) for name in names}


def _gap(topics: Sequence[_Parallel], own: str, other: str) -> Gap | None:
    differences = []
    not_found = 0
    for topic in topics:
        ranks = [topic.rank(topic.translations.get(name, "")) for name in (own, other)]
        if ranks == [None, None] or not {own, other} <= topic.translations.keys():
            continue
        not_found += None in ranks
        last = len(topic.order) + 1
        first, second = (last if rank is None else rank for rank in ranks)
        differences.append(second - first)
    if not differences:
        return None
    return Gap(median=median(differences), topics=len(differences), not_found=not_found)
