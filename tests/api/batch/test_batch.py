"""A batch of articles: a verdict for each line, whatever stands on the others."""

import json
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from core.errors import EmbedderUnavailable
from core.ports import Outcome
from core.types import Article
from tests.api.archive import Archive, served
from tests.api.batch.uploads import NDJSON, PATH, article, lines, told, upload
from tests.api.doubles import HashedWords, ParagraphWriter, Raises


def found(client: TestClient, article_id: str) -> bool:
    body = {"query": "السطر", "filters": {"article_ids": [article_id]}}
    return bool(client.post("/v1/search", json=body).json()["results"])


def test_every_line_gets_its_verdict_and_is_found_by_then(client: TestClient) -> None:
    upload(client, lines(article(1), article(2)))
    verdicts, summary = upload(
        client, lines(article(1), article(2, title="عنوان جديد"), article(3))
    )
    assert verdicts == [
        {"line": 1, "id": "خبر/1", "verdict": "unchanged"},
        {"line": 2, "id": "خبر/2", "verdict": "updated"},
        {"line": 3, "id": "خبر/3", "verdict": "indexed"},
    ]
    counts = {"indexed": 1, "updated": 1, "unchanged": 1, "rejected": 0}
    assert summary == counts | {"complete": True}
    assert all(found(client, f"خبر/{number}") for number in (1, 2, 3))


BAD_LINES = [
    (b'{"id": "a", "title": "t"', "malformed-json", "column 25", None),
    (b'{"id": "a"} {"id": "b"}', "malformed-json", "column 13", None),
    (b"\xff\xfe", "malformed-json", "not UTF-8", None),
    (b"[" * 100_000, "malformed-json", "nested too deeply", None),
    (b"[]", "invalid-request", "must be a JSON object", None),
    (b'{"title": "t", "body": "b"}', "invalid-request", "#/id: every line needs the id", None),
    (b'{"id": " a", "title": "t", "body": "b"}', "invalid-request", "#/id", None),
    (b'{"id": "a", "title": "t"}', "invalid-request", "#/body: this is required", "a"),
    (b'{"id": "a", "title": "t", "body": ""}', "invalid-request", "#/body: is blank", "a"),
    (b'{"id": "a", "title": "t", "body": "b", "by": 1}', "invalid-request", "'by'", "a"),
    (rb'{"id": "\ud800", "title": "t", "body": "b"}', "invalid-request", "surrogate", None),
    (b'{"id": "a", "title": "t", "body": "' + b"b" * 1_001 + b'"}', "article-rejected", "", "a"),
    (b'{"id": "a", "body": "' + b"b" * 200_000 + b'"}', "line-too-long", "200000 bytes", None),
]


@pytest.mark.parametrize(("bad", "slug", "says", "article_id"), BAD_LINES)
def test_a_bad_line_gets_its_problem_and_harms_no_other(
    bad: bytes, slug: str, says: str, article_id: str | None
) -> None:
    archive = Archive.empty(max_request_bytes=200_000, max_article_chars=1_000)
    with served(archive) as client:
        verdicts, summary = upload(client, lines(article(1)) + bad + b"\n" + lines(article(2)))
    assert [verdict["verdict"] for verdict in verdicts] == ["indexed", "rejected", "indexed"]
    assert verdicts[1]["id"] == article_id
    problem = verdicts[1]["problem"]
    assert problem["type"] == f"urn:sanad:problem:{slug}"
    assert says in problem["detail"]
    assert summary["rejected"] == 1
    assert summary["complete"] is True


@pytest.mark.parametrize("piece_bytes", [1, 7, 1_000])
def test_verdicts_are_the_same_however_the_upload_is_cut(
    client: TestClient, piece_bytes: int
) -> None:
    content = b"\xef\xbb\xbf" + lines(article(1)) + b"\r\n\n" + lines(article(2)).rstrip()

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(content), piece_bytes):
            yield content[start : start + piece_bytes]

    verdicts, _ = upload(client, pieces())
    assert [(each["line"], each["verdict"]) for each in verdicts] == [
        (1, "indexed"),
        (4, "indexed"),
    ]


def test_of_two_lines_with_one_id_the_later_one_wins(client: TestClient) -> None:
    verdicts, _ = upload(client, lines(article(1), article(1, title="الأخير"), article(2)))
    assert [each["verdict"] for each in verdicts] == ["indexed", "updated", "indexed"]
    assert client.get("/v1/articles/خبر%2F1").json()["title"] == "الأخير"


def test_an_upload_of_nothing_gets_a_summary(client: TestClient) -> None:
    assert upload(client, b"\n \n") == (
        [],
        {"indexed": 0, "updated": 0, "unchanged": 0, "rejected": 0, "complete": True},
    )


class Counting(ParagraphWriter):
    """Remembers how many articles were put together, and fails at one of them."""

    sizes: list[int]
    fails_at: int | None = None

    async def put_many(self, articles: list[Article]) -> list[Outcome]:  # type: ignore[override]
        self.sizes = [*getattr(self, "sizes", []), len(articles)]
        if self.fails_at is not None and any(a.id == f"خبر/{self.fails_at}" for a in articles):
            raise EmbedderUnavailable("the model is gone: a library's words")
        return await super().put_many(articles)


def counting(archive: Archive) -> Counting:
    archive.writer = writer = Counting(archive.store, HashedWords())
    return writer


def test_many_articles_are_put_together_and_never_more_than_fit(archive: Archive) -> None:
    writer = counting(archive)
    with served(archive) as client:
        verdicts, _ = upload(client, lines(*map(article, range(500))))
    assert [each["line"] for each in verdicts] == list(range(1, 501))
    assert sum(writer.sizes) == 500
    assert max(writer.sizes) <= 64
    assert len(writer.sizes) <= 20


def test_a_part_that_fails_on_the_way_ends_the_summary_with_its_problem(archive: Archive) -> None:
    writer = counting(archive)
    writer.fails_at = 300
    with served(archive) as client:
        verdicts, summary = upload(client, lines(*map(article, range(500))))
        assert found(client, "خبر/0")
    assert 0 < len(verdicts) <= 300
    assert summary["complete"] is False
    assert summary["problem"]["type"] == "urn:sanad:problem:model-unavailable"
    assert "library" not in json.dumps(summary)


def test_a_part_that_fails_before_the_first_verdict_is_an_ordinary_problem(
    archive: Archive,
) -> None:
    archive.writer = Raises(EmbedderUnavailable("gone"))
    with served(archive) as client:
        response = client.post(PATH, content=lines(article(1)), headers=NDJSON)
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert response.json()["type"] == "urn:sanad:problem:model-unavailable"


@pytest.mark.parametrize("declared", ["application/json", "text/plain", ""])
def test_what_is_not_declared_as_lines_is_refused(client: TestClient, declared: str) -> None:
    headers = {"Content-Type": declared} if declared else {}
    response = client.post(PATH, content=lines(article(1)), headers=headers)
    assert response.status_code == 415
    assert response.json()["type"] == "urn:sanad:problem:not-ndjson"
    assert response.headers["accept"] == "application/x-ndjson"


@pytest.mark.parametrize(
    "declared", ["application/x-ndjson; charset=utf-8", "application/jsonl", "application/ndjson"]
)
def test_the_other_names_of_the_format_are_taken(client: TestClient, declared: str) -> None:
    response = client.post(PATH, content=b"", headers={"Content-Type": declared})
    assert response.status_code == 200


def test_an_upload_may_be_larger_than_any_other_request(archive: Archive) -> None:
    archive = Archive.empty(max_request_bytes=10_000)
    content = lines(*(article(n, body="ب" * 1_000) for n in range(200)))
    with served(archive) as client:
        verdicts, _ = upload(client, content)
    assert len(content) > 200_000
    assert {each["verdict"] for each in verdicts} == {"indexed"}


def test_an_article_of_the_name_batch_is_one_like_any_other(client: TestClient) -> None:
    sent = {"title": "t", "body": "b"}
    assert client.put("/v1/articles/batch", json=sent).status_code == 201
    assert client.get("/v1/articles/batch").json()["id"] == "batch"
    assert client.delete("/v1/articles/batch").status_code == 204


def test_what_is_told_is_valid_by_the_document_and_its_example_is_what_is_sent(
    client: TestClient,
) -> None:
    document = client.get("/openapi.json").json()
    operation = document["paths"]["/v1/articles/batch"]["post"]
    sent = operation["requestBody"]["content"]["application/x-ndjson"]["example"]
    example = operation["responses"]["200"]["content"]["application/x-ndjson"]["example"]
    response = client.post(PATH, content=sent.encode(), headers=NDJSON)
    schemas = {"components": document["components"]}
    for text in (example, response.text):
        verdicts, summary = told(text)
        assert [each["verdict"] for each in verdicts] == ["indexed", "rejected"]
        for name, values in (("BatchVerdictOut", verdicts), ("BatchTallyOut", [summary])):
            validator = Draft202012Validator({"$ref": f"#/components/schemas/{name}"} | schemas)
            for value in values:
                validator.validate(value)
    assert verdicts[1]["problem"]["detail"] in example


def test_a_batch_sent_again_with_its_key_is_read_again(client: TestClient) -> None:
    key = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    first = client.post(PATH, content=lines(article(1)), headers=NDJSON | key)
    again = client.post(PATH, content=lines(article(1)), headers=NDJSON | key)
    assert '"verdict":"indexed"' in first.text
    assert '"verdict":"unchanged"' in again.text
    bad = client.post(PATH, content=b"", headers=NDJSON | {"Idempotency-Key": ""})
    assert bad.status_code == 400
