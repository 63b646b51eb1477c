"""Entity tags: what is held is not sent again, and nobody overwrites what they have not read."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.preconditions import CODINGS, Preconditions, coded_tag, entity_tag
from core.errors import PreconditionFailed
from core.types import StoredArticle
from tests.api.archive import Archive
from tests.api.news import ARABIC, ARTICLES, PERSIAN
from tests.api.test_articles import body, path
from tests.api.test_leaving import client as connected
from tests.api.test_leaving import listening


def tag_of(client: TestClient, article_id: str) -> str:
    response = client.get(path(article_id))
    assert response.status_code == 200
    return response.headers["etag"]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_an_article_that_is_held_already_is_not_sent_again(
    client: TestClient, article: StoredArticle
) -> None:
    tag = tag_of(client, article.id)
    for held in (tag, f'"x", W/{tag}', "*"):
        response = client.get(path(article.id), headers={"If-None-Match": held})
        assert (response.status_code, response.content) == (304, b""), held
        assert response.headers["etag"] == tag
    for other in ('"x"', f'"{tag[1:-2]}"'):
        assert client.get(path(article.id), headers={"If-None-Match": other}).status_code == 200


def test_a_tag_changes_with_any_field_and_with_a_version_that_comes_back(
    client: TestClient,
) -> None:
    tags = []
    for title in ("أ", "ب", "أ"):
        client.put(path("a"), json=body(title=title))
        tags.append(tag_of(client, "a"))
    client.put(path("a"), json=body(title="أ"))
    assert len(set(tags)) == 3
    assert tag_of(client, "a") == tags[-1]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("given", ['"x"', "W/{tag}", '"y", "z"'])
def test_a_write_over_another_version_is_refused_and_changes_nothing(
    client: TestClient, method: str, given: str
) -> None:
    tag = tag_of(client, PERSIAN.id)
    response = client.request(
        method,
        path(PERSIAN.id),
        json=body() if method == "PUT" else None,
        headers={"If-Match": given.format(tag=tag)},
    )
    assert response.status_code == 412
    assert response.json()["type"] == "urn:sanad:problem:precondition-failed"
    assert "version 1" in response.json()["detail"]
    assert tag_of(client, PERSIAN.id) == tag


@pytest.mark.parametrize("given", ["{tag}", '"x", {tag}', "*", '"x",{tag},, "y"'])
def test_a_write_over_the_version_that_was_read_is_done(client: TestClient, given: str) -> None:
    headers = {"If-Match": given.format(tag=tag_of(client, ARABIC.id))}
    assert client.put(path(ARABIC.id), json=body(), headers=headers).status_code == 200
    headers = {"If-Match": given.format(tag=tag_of(client, ARABIC.id))}
    assert client.delete(path(ARABIC.id), headers=headers).status_code == 204


def test_what_is_not_there_meets_no_if_match_and_every_if_none_match(client: TestClient) -> None:
    for method, sent in (("PUT", body()), ("DELETE", None)):
        response = client.request(method, path("new"), json=sent, headers={"If-Match": "*"})
        assert response.status_code == 412
        assert "no such article" in response.json()["detail"]
    only_new = {"If-None-Match": "*"}
    assert client.put(path("new"), json=body(), headers=only_new).status_code == 201
    assert client.put(path("new"), json=body(title="x"), headers=only_new).status_code == 412
    assert client.get(path("new")).json()["version"] == 1


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("given", ["x", '"a" "b"', '"a', 'w/"a"', '*, "a"', '"a b"', "", ","])
def test_what_is_no_list_of_tags_is_refused(client: TestClient, header: str, given: str) -> None:
    response = client.get(path(ARABIC.id), headers={header: given})
    assert response.status_code == 400
    assert response.json()["type"] == "urn:sanad:problem:malformed-precondition"


def test_of_many_writers_that_have_read_one_version_a_single_one_writes(archive: Archive) -> None:
    together = threading.Barrier(8)
    with listening(archive) as url, connected(url) as reading:
        tag = reading.get(path(ARABIC.id)).headers["etag"]

        def write(number: int) -> int:
            with connected(url) as writing:
                together.wait(10)
                return writing.put(
                    path(ARABIC.id), json=body(title=f"{number}"), headers={"If-Match": tag}
                ).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(write, range(8)))
    assert statuses == [200] + [412] * 7


STORED = StoredArticle(article=ARABIC, content_hash="ab" * 16, version=3, passage_count=2)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_tag_is_good_in_whatever_coding_it_was_read(coding: str) -> None:
    tag = coded_tag(entity_tag(STORED), coding)
    to_write = Preconditions(if_match=(tag,), if_none_match=None)
    to_write.require(STORED)
    with pytest.raises(PreconditionFailed):
        to_write.require(replace(STORED, version=4))
    assert Preconditions(if_match=None, if_none_match=(f"W/{tag}",)).has_already(STORED)


@given(st.lists(st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=9)))
def test_no_other_tag_is_taken_for_the_article(tags: list[str]) -> None:
    quoted = tuple(f'"{tag}"' for tag in tags if '"' not in tag)
    given = Preconditions(if_match=quoted, if_none_match=quoted)
    assert not given.has_already(STORED)
    with pytest.raises(PreconditionFailed):
        given.require(STORED)
