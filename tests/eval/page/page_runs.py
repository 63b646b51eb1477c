"""Runs for pages: texts in many scripts, some of them hostile, over rankings made by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from eval.fairness import measure_fairness
from eval.measures import measure_topics
from eval.runs import SHOWN, Judged, Result, Run, RunTopic

HOSTILE = "</script></details><script>alert('خطر')</script><img src=x onerror=alert(1)>\"'&amp;"

TITLES = {
    "ar": "وقّعت الحكومة الاتفاق 🌍",
    "fa": "دولت توافق‌نامه را امضا کرد",
    "he": "הממשלה חתמה על ההסכם",
    "en": "The government signed شراكة, the accord",
    "zh": "政府签署了协议",
    "und": "",
}
PASSAGES = {
    "ar": "قالت وكالة الأنباء (AFP) إن الاتفاق وُقّع في 12/3/2024.\nوأضافت «تفاصيل» أخرى.",
    "fa": "خبرگزاری نوشت که این توافق ۱۲ مارس امضا شد.",
    "he": "סוכנות הידיעות דיווחה כי ההסכם נחתם.",
    "en": "The agency said that the accord was signed on 12 March.",
    "zh": "据通讯社报道，该协议已签署。",
    "und": "",
}


def article_language(article_id: str) -> str:
    """Of "7-ar"."""
    language = article_id.rpartition("-")[2]
    return language if language in TITLES else "und"


def result(rank: int, article_id: str) -> Result:
    language = article_language(article_id)
    return Result(
        rank=rank,
        article_id=article_id,
        passage_id=f"{article_id}#0",
        score=1 / rank,
        language=language,
        title=TITLES[language],
        text=PASSAGES[language],
        explanation={"dense_rank": rank, "dense_score": 0.81234567, "lexical_rank": None},
    )


def judged(article_id: str, grade: int = 1) -> Judged:
    language = article_language(article_id)
    return Judged(
        article_id=article_id,
        grade=grade,
        language=language,
        title=TITLES[language],
        text=PASSAGES[language],
    )


def topic(
    key: str,
    *,
    language: str = "ar",
    relevant: Mapping[str, int],
    order: Sequence[str],
    text: str = "متى وُقّع الاتفاق؟",
    kind: str = "when",
) -> RunTopic:
    languages = sorted({article_language(article) for article in relevant})
    ranking = {article: 1 / rank for rank, article in enumerate(order, 1)}
    measures = measure_topics({key: relevant}, {key: ranking}) if relevant else {}
    return RunTopic(
        id=key,
        text=text,
        language=language,
        pair=f"{language}->{'+'.join(languages) or 'none'}",
        kind=kind,
        answerable=bool(relevant),
        measures=measures.get(key, {}),
        results=tuple(result(rank, article) for rank, article in enumerate(order[:SHOWN], 1)),
        judged=tuple(judged(article, grade) for article, grade in relevant.items()),
    )


def run(name: str, topics: Mapping[RunTopic, Sequence[str]] | Sequence[RunTopic]) -> Run:
    """The kept results of the topics are their whole rankings."""
    return Run(
        name=name,
        topics=tuple(topics),
        ranking={
            one.id: {found.article_id: found.score for found in one.results} for one in topics
        },
        manifest={
            "time": "2026-03-01T10:00:00+00:00",
            "commit": f"abc-{name}",
            "collection": {"name": "sample", "topics": 5, "files": {"corpus.jsonl": "f" * 64}},
            "index": {"identity": {"embedder": {"model": "bundled"}}, "articles": 64},
            "search": {"mode": "hybrid"},
            "timings": {"seconds": 1.5, "p50_ms": 6.25, "p95_ms": 9.0},
        },
    )


def order(*first: str) -> list[str]:
    """`first`, and then articles that are relevant to nothing, ten in all."""
    others = [f"x{n}-{language}" for n, language in enumerate(["en", "ar", "fa", "he", "zh"] * 2)]
    return [*first, *others][:SHOWN]


def good_run(name: str = "good") -> Run:
    """Nine topics that find the article first, one that nothing answers, one that fails."""
    languages = ["ar", "fa", "he", "en", "zh", "ar", "ar", "ar", "ar"]
    topics = [
        topic(
            f"{n}",
            language=language,
            relevant={f"{n}-{language}": 1},
            order=order(f"{n}-{language}"),
            kind="when" if n % 2 else "who",
        )
        for n, language in enumerate(languages)
    ]
    topics.append(topic("unanswerable", relevant={}, order=order(), text="من فاز؟", kind="who"))
    topics.append(topic("failed", language="fa", relevant={"nowhere-ar": 2}, order=order()))
    return run(name, topics)


def poor_run(name: str = "poor") -> Run:
    """As `good_run`, but every article that is found stands third."""
    topics = [
        topic(
            one.id,
            language=one.language,
            relevant={judged.article_id: judged.grade for judged in one.judged},
            order=order("x8-he", "x9-zh", *(judged.article_id for judged in one.judged))
            if one.id != "failed"
            else order(),
            text=one.text,
            kind=one.kind,
        )
        for one in good_run().topics
    ]
    return run(name, topics)


def fair_run(name: str = "fair") -> Run:
    """Six topics whose article is there in Arabic and English; the English one comes third."""
    topics = [
        topic(
            f"{n}-{language}",
            language=language,
            relevant={f"{n}-ar": 1, f"{n}-en": 1},
            order=order(f"{n}-ar", "x9-zh", f"{n}-en"),
        )
        for n in range(3)
        for language in ("ar", "en")
    ]
    made = run(name, topics)
    return replace(made, fairness=measure_fairness(made).as_dict())


def hostile_run(name: str = HOSTILE) -> Run:
    """Wherever a text, an id or a name comes from a file, it is hostile."""
    one = topic("1", relevant={"a-ar": 3}, order=order("a-ar"))
    hostile = Result(
        rank=1,
        article_id=HOSTILE,
        passage_id=HOSTILE,
        score=1.0,
        language=HOSTILE,
        title=HOSTILE,
        text=HOSTILE,
        explanation={HOSTILE: HOSTILE},
    )
    relevant = Judged(article_id=HOSTILE, grade=1, language=HOSTILE, title=HOSTILE, text=HOSTILE)
    bad = replace(
        one,
        id=HOSTILE,
        text=HOSTILE,
        language=HOSTILE,
        pair=HOSTILE,
        kind=HOSTILE,
        measures=one.measures | {"nDCG@10": 0.25},
        results=(hostile,),
        judged=(relevant,),
    )
    parallel = fair_run().fairness or {}
    shares = {HOSTILE: {"first": {HOSTILE: 1.0}, "relevant": {}, "distance": 1.0, "topics": 1}}
    return Run(
        name=name,
        topics=(bad,),
        ranking={HOSTILE: {HOSTILE: 1.0}},
        manifest={
            "commit": f"{HOSTILE}+changes",
            "command": HOSTILE,
            "collection": {"name": HOSTILE, "files": {HOSTILE: HOSTILE}},
            HOSTILE: HOSTILE,
        },
        fairness={**parallel, "shares": shares},
    )
