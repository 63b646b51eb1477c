"""A citation tells what its article has corrected."""

from starlette.testclient import TestClient


def test_a_citation_carries_the_corrections_of_its_article(client: TestClient) -> None:
    given = client.post("/v1/answers", json={"question": "القمر الصناعي Sat-7 ACME"}).json()
    (citation,) = [one for one in given["citations"] if one["article_id"] == "mixed 3"]
    assert citation["corrections"] == [{"at": "2025-05-02T00:00:00Z", "text": "550 km, not 500 km"}]
