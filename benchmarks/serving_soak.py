"""Minutes of mixed load on a server: what fails, and how its memory grows."""

import json
import math
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from serving_server import Job, Server

SAMPLE_EVERY_S = 2.0
WARM_UP_SHARE = 0.2
"""Of the time: what grows in it is caches that fill up to their bounds."""

SEARCH_CLIENTS, ANSWER_CLIENTS = 4, 2
WRITE_PAUSE_S = 0.5
MAX_ARTICLES = 200


def soak(
    server: Server, *, questions: Sequence[str], corpus: Path, minutes: float
) -> dict[str, object]:
    """Search, answer and re-index at once for `minutes`.

    The slope is by least squares over the samples after the warm-up. Its standard error takes
    the residuals for independent, which samples of memory are not: it is a lower bound.
    """
    jobs = [
        Job(name="search", clients=SEARCH_CLIENTS, requests=searches(questions), once=False),
        Job(name="answers", clients=ANSWER_CLIENTS, requests=answers(questions), once=False),
        Job(
            name="re-index", clients=1, requests=_writes(corpus), once=False, pause_s=WRITE_PAUSE_S
        ),
    ]
    load = server.load(jobs, seconds=minutes * 60)
    started = time.monotonic()
    samples: list[tuple[float, float]] = []
    while (elapsed := time.monotonic() - started) < minutes * 60:
        samples.append((elapsed / 3600, server.memory_mib()))
        time.sleep(SAMPLE_EVERY_S)
    measured = load.wait()["jobs"]
    settled = samples[int(len(samples) * WARM_UP_SHARE) :]
    slope, error = least_squares(settled)
    return {
        "minutes": minutes,
        "requests": {name: sum(job["statuses"].values()) for name, job in measured.items()},
        "errors": {name: _errors(job["statuses"]) for name, job in measured.items()},
        "rss_mib": {"begin": samples[0][1], "settled": settled[0][1], "end": samples[-1][1]},
        "rss_slope_mib_per_hour": slope,
        "rss_slope_standard_error": error,
        "samples": len(settled),
        "embedder": server.get("/v1/index")["embedder"],
    }


def searches(questions: Sequence[str]) -> list[tuple[str, str, str]]:
    """A search for each question."""
    return [("POST", "/v1/search", _json({"query": question})) for question in questions]


def answers(questions: Sequence[str]) -> list[tuple[str, str, str]]:
    """An answer to each question."""
    return [("POST", "/v1/answers", _json({"question": question})) for question in questions]


def least_squares(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope of the line through `points` and its standard error; needs 3 points.

    >>> least_squares([(0, 1), (1, 3), (2, 5)])
    (2.0, 0.0)
    """
    if len(points) < 3:
        return math.nan, math.nan
    xs, ys = [x for x, _ in points], [y for _, y in points]
    slope, intercept = statistics.linear_regression(xs, ys)
    middle = statistics.fmean(xs)
    residuals = sum((y - intercept - slope * x) ** 2 for x, y in points)
    spread = sum((x - middle) ** 2 for x in xs)
    return slope, math.sqrt(residuals / (len(points) - 2) / spread)


def _writes(corpus: Path) -> list[tuple[str, str, str]]:
    """Two versions of each article in turn, so that every write changes what is indexed."""
    articles = []
    with corpus.open(encoding="utf-8") as lines:
        for line in lines:
            articles.append(json.loads(line))
            if len(articles) == MAX_ARTICLES:
                break
    return [
        ("PUT", f"/v1/articles/{quote(each['_id'], safe='')}", _json(_article(each, suffix)))
        for suffix in ("", "\n\n✎ تصحيح: 1.")
        for each in articles
    ]


def _article(record: dict[str, str], suffix: str) -> dict[str, str]:
    return {"title": record["title"] or record["_id"], "body": record["text"] + suffix}


def _errors(statuses: dict[str, int]) -> dict[str, int]:
    return {status: count for status, count in statuses.items() if not status.startswith("2")}


def _json(body: dict[str, str]) -> str:
    return json.dumps(body, ensure_ascii=False)
