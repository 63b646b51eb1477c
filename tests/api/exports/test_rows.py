"""Results as rows: programs read back what was found, spreadsheets run none of it."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.exports.rows import COLUMNS, as_csv, as_ndjson
from api.schemas.articles import ArticleHeaderOut
from api.schemas.search import PassageOut, SearchResultOut
from tests.api.batch.uploads import article, lines, upload

QUERY = {"query": "معاهدة شراكة 长江大桥 harbour"}


def search(client: TestClient, accept: str, **fields: object) -> Any:
    response = client.post("/v1/search", json=QUERY | fields, headers={"Accept": accept})
    assert response.status_code == 200, response.text
    return response


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_lines_are_the_results_of_the_json(client: TestClient) -> None:
    results = search(client, "application/json").json()["results"]
    response = search(client, "application/x-ndjson")
    assert response.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in response.text.splitlines()] == results


def test_csv_has_a_head_and_a_row_for_each_result_and_begins_with_a_mark(
    client: TestClient,
) -> None:
    results = search(client, "application/json").json()["results"]
    response = search(client, "text/csv, */*;q=0.1")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\r\n")
    rows = read(response.content.decode("utf-8"))
    assert [row["article_id"] for row in rows] == [each["article"]["id"] for each in results]
    for row, result in zip(rows, results, strict=True):
        assert row["text"] == result["passage"]["text"]
        assert float(row["score"]) == result["score"]
        assert row["published_at"] == (result["article"]["published_at"] or "")
        assert row["authors"] == "; ".join(result["article"]["authors"])


def test_rows_tell_where_the_next_page_begins(client: TestClient) -> None:
    upload(client, lines(*(article(n, title="معاهدة") for n in range(5))))
    first = search(client, "text/csv", limit=2)
    following = search(
        client, "application/x-ndjson", limit=100, cursor=first.headers["sanad-cursor"]
    )
    seen = {row["article_id"] for row in read(first.content.decode("utf-8"))}
    later = {json.loads(line)["article"]["id"] for line in following.text.splitlines()}
    assert seen
    assert later
    assert not seen & later
    assert "sanad-cursor" not in following.headers


def result(**texts: str) -> SearchResultOut:
    header: dict[str, Any] = dict.fromkeys(ArticleHeaderOut.model_fields)
    header |= {"authors": (), "tags": (), "corrections": (), "language": "ar"}
    header |= {"id": texts.get("id", "a"), "title": texts.get("title", "t")}
    passage = PassageOut(
        id="p",
        text=texts.get("text", "x"),
        start=0,
        end=1,
        heading=texts.get("heading"),
        language="ar",
        highlights=(),
    )
    return SearchResultOut(
        rank=1,
        score=-0.5,
        passage=passage,
        article=ArticleHeaderOut(**header),
        family_size=1,
    )


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://evil.example","x")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1:A9)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "  =1+1",
        "\u3000=1+1",
        "＝1+1",
        "＠SUM(A1)",
    ],
)
def test_no_text_is_a_formula(text: str) -> None:
    [row] = read(as_csv([result(title=text, text=text, id=text)]))
    assert (row["title"], row["text"], row["article_id"]) == (f"'{text}",) * 3
    assert row["score"] == "-0.5"
    assert text in json.loads(as_ndjson([result(title=text)]))["article"]["title"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_comes_back_from_a_csv_as_it_was_or_with_an_apostrophe(text: str) -> None:
    [row] = read(as_csv([result(text=text)]))
    assert row["text"] in {text, f"'{text}"}
    assert not row["text"].lstrip().startswith(("=", "+", "-", "@"))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_is_one_line_of_json(text: str) -> None:
    written = as_ndjson([result(text=text, title=text), result()])
    first, second, end = written.split("\n")
    assert json.loads(first)["passage"]["text"] == text
    assert json.loads(second)["passage"]["text"] == "x"
    assert end == ""
