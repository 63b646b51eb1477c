"""Uploads for the tests of batches, and what a response says."""

import json
from collections.abc import Iterator
from typing import Any

from starlette.testclient import TestClient

PATH = "/v1/articles/batch"
NDJSON = {"Content-Type": "application/x-ndjson"}

Told = dict[str, Any]


def article(number: int, **fields: object) -> dict[str, object]:
    body = f"السطر الأول من الخبر {number}.\nالسطر الثاني، (line 2)، 第二行 🚀."
    return {"id": f"خبر/{number}", "title": f"عنوان {number}", "body": body} | fields


def lines(*articles: dict[str, object]) -> bytes:
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in articles)


def told(text: str) -> tuple[list[Told], Told]:
    """The verdicts of a response, and its summary."""
    *verdicts, last = map(json.loads, text.splitlines())
    return verdicts, last["summary"]


def upload(client: TestClient, content: bytes | Iterator[bytes]) -> tuple[list[Told], Told]:
    response = client.post(PATH, content=content, headers=NDJSON)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    return told(response.text)
