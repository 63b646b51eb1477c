"""Every domain error has its problem, and a fault is never "no results"."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from api.errors import DOMAIN_KINDS, MAX_ERRORS, problem_of, validation_problem
from api.problem_kinds import HTTP_KINDS, ProblemKind
from api.schemas.operations import ProblemOut
from api.schemas.search import SearchResultOut
from core.errors import (
    ArticleRejected,
    BackendError,
    ConfigError,
    EmbedderBusy,
    EmbedderRejected,
    EmbedderUnavailable,
    IndexLocked,
    InputError,
    RerankerRejected,
    RerankerUnavailable,
    SanadError,
    StoreRejected,
    StoreUnavailable,
)
from tests.api.archive import Archive, served
from tests.api.doubles import Raises

SECRET = "grpc://qdrant.internal:6334 api-key=hunter2"


def classes(root: type[SanadError] = SanadError) -> Iterator[type[SanadError]]:
    yield root
    for below in root.__subclasses__():
        yield from classes(below)


def test_every_error_class_has_a_row() -> None:
    own = {found for found in classes() if found.__module__ == "core.errors"}
    assert own == set(DOMAIN_KINDS)


def test_an_error_of_a_part_is_told_as_the_class_that_it_refines() -> None:
    class ShardUnavailable(StoreUnavailable):
        pass

    assert problem_of(ShardUnavailable("x")).kind.slug == "store-unavailable"


def test_a_slug_means_one_kind() -> None:
    kinds: dict[str, ProblemKind] = {}
    for kind in (*HTTP_KINDS, *DOMAIN_KINDS.values()):
        assert kinds.setdefault(kind.slug, kind) == kind


@pytest.mark.parametrize("error", list(classes(BackendError)))
def test_only_transient_faults_ask_to_be_tried_again(error: type[BackendError]) -> None:
    kind = DOMAIN_KINDS[error]
    assert (kind.status == 503, kind.retry) == (error.transient, error.transient)


@pytest.mark.parametrize("error", [InputError, ArticleRejected, ConfigError, IndexLocked])
def test_our_own_messages_reach_the_caller(error: type[SanadError]) -> None:
    assert problem_of(error("limit 0 is outside 1..100")).detail == "limit 0 is outside 1..100"


READS = [
    ("POST", "/v1/search", {"query": "معاهدة"}),
    ("POST", "/v1/answers", {"question": "معاهدة"}),
    ("GET", "/v1/articles/almadar-1", None),
    ("GET", "/v1/articles/almadar-1/passages", None),
    ("GET", "/v1/index", None),
]
WRITES = [
    ("PUT", "/v1/articles/a", {"title": "t", "body": "b"}),
    ("DELETE", "/v1/articles/a", None),
]
FAULTS = [
    (StoreUnavailable(SECRET), 503, "store-unavailable"),
    (EmbedderUnavailable(SECRET), 503, "model-unavailable"),
    (StoreRejected(SECRET), 500, "store-failed"),
    (EmbedderRejected(SECRET), 500, "model-failed"),
    (RerankerUnavailable(SECRET), 503, "reranker-unavailable"),
    (RerankerRejected(SECRET), 500, "reranker-failed"),
    (BackendError(SECRET), 500, "backend-failed"),
    (IndexLocked("process 7 owns the index"), 503, "index-locked"),
    (SanadError(SECRET), 500, "unexpected"),
    (ValueError(SECRET), 500, "unexpected"),
    (TimeoutError(SECRET), 500, "unexpected"),
    (RecursionError(SECRET), 500, "unexpected"),
]


@pytest.fixture(scope="module")
def failing() -> Raises:
    """Every part of the services of `broken`; a test says how it fails."""
    return Raises(AssertionError("a test must say how"))


@pytest.fixture(scope="module")
def broken(failing: Raises) -> Iterator[TestClient]:
    archive = Archive.empty()
    archive.searcher = archive.answerer = archive.articles = archive.writer = failing
    with served(archive) as client:
        yield client


@pytest.mark.parametrize(("method", "path", "body"), [*READS, *WRITES])
@pytest.mark.parametrize(("error", "status", "slug"), FAULTS)
def test_a_fault_of_a_part_is_a_problem_without_its_words(
    broken: TestClient,
    failing: Raises,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    error: Exception,
    status: int,
    slug: str,
) -> None:
    failing.error = error
    response = broken.request(method, path, json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = ProblemOut.model_validate_json(response.text)
    assert (problem.type, problem.status) == (f"urn:sanad:problem:{slug}", status)
    assert "hunter2" not in response.text
    assert "Traceback" not in response.text
    assert ("retry-after" in response.headers) is slug.endswith("-unavailable")
    assert broken.get("/health").status_code == 200


@pytest.mark.parametrize("path", ["/v1/search", "/v1/answers"])
@pytest.mark.parametrize("broken", ["embedder", "store"])
def test_a_broken_part_below_the_real_searcher_is_503_and_never_an_empty_list(
    archive: Archive, path: str, broken: str
) -> None:
    error = EmbedderUnavailable("x") if broken == "embedder" else StoreUnavailable("x")
    if broken == "embedder":
        archive.embedder = Raises(error)
    with served(archive) as client:
        if broken == "store":
            archive.store.close()
        field = "query" if path == "/v1/search" else "question"
        response = client.post(path, json={field: "معاهدة"})
    assert response.status_code == 503
    assert "results" not in response.json()


@pytest.mark.parametrize(("path", "field"), [("/v1/search", "query"), ("/v1/answers", "question")])
def test_a_full_line_before_the_model_is_503_and_says_when_to_come_again(
    archive: Archive, caplog: pytest.LogCaptureFixture, path: str, field: str
) -> None:
    archive.embedder = Raises(EmbedderBusy("256 calls wait for the model, at most 256 may"))
    with served(archive) as client:
        response = client.post(path, json={field: "معاهدة"})
    assert response.status_code == 503
    assert response.json()["type"] == "urn:sanad:problem:busy"
    assert int(response.headers["retry-after"]) > 0
    assert "Traceback" not in caplog.text


def test_a_score_that_is_not_finite_is_a_fault_and_never_a_null(archive: Archive) -> None:
    with served(archive) as client:
        result = client.post("/v1/search", json={"query": "معاهدة"}).json()["results"][0]
    with pytest.raises(ValueError, match="finite"):
        SearchResultOut.model_validate(result | {"score": float("nan")})


def test_field_errors_are_counted_and_bounded() -> None:
    numbers: list[Any] = []
    try:
        TypeAdapter(list[int]).validate_python(["x"] * 30)
    except ValueError as exc:
        numbers = exc.errors()  # type: ignore[attr-defined]
    problem = validation_problem([error | {"loc": ("body", *error["loc"])} for error in numbers])
    assert len(problem.errors) == MAX_ERRORS
    assert problem.errors[1].pointer == "#/1"
    assert "and 29 more" in str(problem.detail)


def test_a_pointer_escapes_what_json_pointers_escape(client: TestClient) -> None:
    response = client.post("/v1/search", json={"query": "x", "filters": {"a/b~c": 1}})
    assert response.json()["errors"][0]["pointer"] == "#/filters"
    assert "'a/b~c'" in response.json()["errors"][0]["message"]
