"""Articles written anew again and again, as requests of a load."""

import json
from pathlib import Path
from urllib.parse import quote

from serving_server import Job

PAUSE_S = 0.5
MAX_ARTICLES = 200


def rewriting(corpus: Path, *, key: str | None = None) -> Job:
    """Two versions of each article in turn, so that every write changes what is indexed.

    The server may want a `key` with the scope to write.
    """
    articles = []
    with corpus.open(encoding="utf-8") as lines:
        for line in lines:
            articles.append(json.loads(line))
            if len(articles) == MAX_ARTICLES:
                break
    requests = [
        (
            "PUT",
            f"/v1/articles/{quote(each['_id'], safe='')}",
            json.dumps(_article(each, suffix), ensure_ascii=False),
        )
        for suffix in ("", "\n\n✎ تصحيح: 1.")
        for each in articles
    ]
    return Job(
        name="re-index",
        clients=1,
        requests=requests,
        once=False,
        pause_s=(PAUSE_S, PAUSE_S),
        key=key,
    )


def _article(record: dict[str, str], suffix: str) -> dict[str, str]:
    return {"title": record["title"] or record["_id"], "body": record["text"] + suffix}


def errors(statuses: dict[str, int]) -> dict[str, int]:
    """What was no success, by status or by the name of the fault."""
    return {status: count for status, count in statuses.items() if not status.startswith("2")}
