"""Every field of the OpenAPI document is described, bounded and shown by a valid example."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from starlette.testclient import TestClient

from tests.api.archive import Archive, served

Json = dict[str, Any]

UNBOUNDED = {
    "AnswerOut.text": "as long as the quotes that it joins",
    "AnswerOut.sentences": "as many as max_sentences and a conflict make",
    "AnswerOut.citations": "likewise",
    "AnswerOut.conflicts": "as many as the quotes show",
    "AnswerOut.nearest": "as many as come near",
    "AnswerOut.notices": "one for each thing to know",
    "AnswerOut.periods": "as many as the question names",
    "ArticleListOut.articles": "as many as `limit` asks for",
    "ArticlePassagesOut.passages": "as many as the article's length makes",
    "AssistantMessageOut.annotations": "one for each marker in the content",
    "AssistantMessageOut.content": "as long as the quotes that it joins",
    "ChunkDeltaOut.annotations": "one for each marker in the content",
    "ChunkDeltaOut.content": "a sentence, as long as its quote",
    "CitationOut.also": "as many as say the same",
    "CitationOut.answer_spans": "as many as the quote holds",
    "CitationOut.deep_link": "the url and the quote, percent-encoded",
    "ConflictOut.claims": "one for each figure",
    "ContributionOut.adds": "a score has no range",
    "ContributionOut.value": "likewise",
    "ContributionOut.weight": "likewise",
    "DeltaOut.text": "a sentence, as long as its quote",
    "ExplanationOut.contributions": "one for each part of the score",
    "ExplanationOut.dense_normalised": "a score has no range",
    "ExplanationOut.lexical_normalised": "likewise",
    "ExplanationOut.lexical_score": "likewise",
    "ExplanationOut.lexical_weight": "likewise",
    "FigureClaimOut.also": "as many as say the same",
    "FeedbackPageOut.feedback": "as many as `limit` asks for",
    "IndexOut.languages": "as many as the archive has",
    "PassageOut.highlights": "as many as the passage has words",
    "PassagesOut.results": "as many as the answer is looked for in",
    "SearchOut.notices": "one for each thing to know",
    "SearchOut.periods": "as many as the query names",
    "SearchResultOut.score": "a score has no range",
}
"""Fields of responses that have no bound, and why. A request has none."""

FREE_PARAMETERS = {
    "if-match": "a list of entity tags may be as long as the server takes a header",
    "if-none-match": "likewise",
    "cursor": "only a page gives one that is good",
}
"""Parameters without a bound or an example, and why."""

UPLOADS = "POST /v1/articles/batch"
"""Takes any number of lines, each bounded: no body is too large."""

OPENAI_PATHS = ("/v1/chat/completions", "/v1/models")
"""Where errors have another shape: `tests/api/openai` looks at them."""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Json:
    with served(Archive.empty(data_dir=tmp_path_factory.mktemp("data"))) as client:
        found: Json = client.get("/openapi.json").json()
    return found


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def fields(document: Json) -> Iterator[tuple[str, Json, Json]]:
    """(Model.field, its schema, the model's schema)."""
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            yield f"{name}.{field}", described, schema


def names_of_requests(document: Json) -> set[str]:
    """Schemas that a request body is made of."""
    known: Json = document["components"]["schemas"]
    open_ends = [
        operation["requestBody"]
        for _, operation in operations(document)
        if "requestBody" in operation
    ]
    found: set[str] = set()
    while open_ends:
        for name in _references(open_ends.pop()):
            if name not in found:
                found.add(name)
                open_ends.append(known[name])
    return found


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rsplit("/", 1)[-1]
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def is_bounded(schema: Json, *, both_ends: bool) -> bool:
    """Whether `schema` says how much it may hold; numbers need an upper end only if `both_ends`."""
    if {"enum", "const", "maxLength"} & set(schema):
        return True
    if "anyOf" in schema:
        return all(is_bounded(each, both_ends=both_ends) for each in schema["anyOf"])
    match schema.get("type"):
        case "string":
            return bool({"format", "pattern"} & set(schema))
        case "integer" | "number":
            return "minimum" in schema and ("maximum" in schema or not both_ends)
        case "array":
            counted = "maxItems" in schema
            items = schema.get("items")
            return counted and (items is None or is_bounded(items, both_ends=both_ends))
        case "object":
            parts = schema.get("properties", {}).values()
            named = bool(parts) and all(is_bounded(each, both_ends=both_ends) for each in parts)
            return named or "maxProperties" in schema
    # A reference is bounded where it leads; booleans and null are by nature.
    return schema.get("type") in {"boolean", "null"} or "$ref" in schema


def test_every_field_is_described(document: Json) -> None:
    assert [name for name, field, _ in fields(document) if not field.get("description")] == []


def test_every_schema_is_described(document: Json) -> None:
    schemas = document["components"]["schemas"]
    bare = {name for name, schema in schemas.items() if not schema.get("description")}
    assert bare <= {"JsonValue"}, "only any JSON at all needs no words"


def test_every_field_has_an_example_or_stands_in_one_of_its_model(document: Json) -> None:
    bare = [
        name
        for name, field, model in fields(document)
        if not field.get("examples")
        and not any(name.partition(".")[2] in example for example in model.get("examples", []))
    ]
    assert bare == []


def test_every_field_of_a_request_is_bounded(document: Json) -> None:
    requests = names_of_requests(document)
    assert {"SearchIn", "AnswerIn", "ArticleIn", "FiltersIn", "TurnIn"} <= requests
    unbounded = [
        name
        for name, field, _ in fields(document)
        if name.partition(".")[0] in requests and not is_bounded(field, both_ends=True)
    ]
    assert unbounded == []


def test_every_field_of_a_response_is_bounded_or_says_why_not(document: Json) -> None:
    requests = names_of_requests(document)
    unbounded = {
        name
        for name, field, _ in fields(document)
        if name.partition(".")[0] not in requests and not is_bounded(field, both_ends=False)
    }
    assert unbounded == set(UNBOUNDED)


def test_every_example_is_valid(document: Json) -> None:
    components = {"components": document["components"]}
    checked = 0
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", []):
            _validate({"$ref": f"#/components/schemas/{name}"} | components, example)
            checked += 1
    for _, field, _ in fields(document):
        for example in field.get("examples", []):
            _validate(field | components, example)
            checked += 1
    for _, operation in operations(document):
        for media in _media_of(operation):
            for example in media.get("examples", {}).values():
                _validate(media["schema"] | components, example["value"])
                checked += 1
    assert checked > 100


def _media_of(operation: Json) -> Iterator[Json]:
    yield from operation.get("requestBody", {}).get("content", {}).values()
    for response in operation["responses"].values():
        yield from response.get("content", {}).values()


def _validate(schema: Json, example: object) -> None:
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(example)


def test_every_operation_says_what_it_does_under_a_tag_that_is_described(document: Json) -> None:
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    assert all(tags.values())
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert set(operation["tags"]) <= set(tags), name
        assert len(operation["tags"]) == 1, name


def test_operation_ids_are_single_words_of_ours_and_never_twice(document: Json) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    assert {"search", "answer", "put_article", "describe_index"} <= set(ids)
    assert all(each.isidentifier() for each in ids)


def test_every_parameter_is_described_and_bounded_and_has_an_example(document: Json) -> None:
    for name, operation in operations(document):
        for parameter in operation.get("parameters", []):
            place = f"{name} {parameter['name']}"
            assert parameter.get("description"), place
            schema = parameter["schema"]
            if parameter["name"] in FREE_PARAMETERS:
                continue
            assert is_bounded(schema, both_ends=True), place
            assert schema.get("examples"), place


def test_every_operation_lists_its_problems_with_an_example_of_each(document: Json) -> None:
    for name, operation in operations(document):
        statuses = set(operation["responses"])
        assert {"414", "500"} <= statuses, name
        if "requestBody" in operation:
            assert {"400", "415", "422"} <= statuses, name
            assert ("413" in statuses) is (name != UPLOADS), name
        if name.split()[1].startswith(OPENAI_PATHS):
            continue
        for status, response in operation["responses"].items():
            assert response["description"], (name, status)
            if int(status) >= 400:
                examples = response["content"]["application/problem+json"]["examples"]
                assert examples, (name, status)
                for kind, example in examples.items():
                    assert example["value"]["type"] == f"urn:sanad:problem:{kind}"


def test_a_field_that_is_not_described_or_bounded_is_seen() -> None:
    assert not is_bounded({"type": "string"}, both_ends=False)
    assert not is_bounded({"type": "integer", "minimum": 0}, both_ends=True)
    assert not is_bounded({"type": "array", "items": {"type": "string"}}, both_ends=True)
    assert not is_bounded(
        {"type": "array", "maxItems": 3, "items": {"type": "string"}}, both_ends=True
    )
    assert not is_bounded({"anyOf": [{"type": "string"}, {"type": "null"}]}, both_ends=True)
    assert not is_bounded({"type": "object"}, both_ends=True)


def test_the_document_names_its_server(client: TestClient) -> None:
    [server] = client.get("/openapi.json").json()["servers"]
    assert server["url"] == "/"
    assert server["description"]
