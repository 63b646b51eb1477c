"""Thousands of generated requests, good and bad, get what the OpenAPI document promises.

Each operation is asked with its examples, at the bounds of every field, with fields missing, of
another type or beyond their bounds, with methods that it does not take, and at random; through the
real model, index and write path. A failure ends with the request as a curl command.
"""

import json
from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.python.asgi import ASGIClient

from api.access.keys import KeyRecord, draw_key
from api.access.scopes import ALL_SCOPES
from api.app import create_app
from core.settings import Settings
from sanad.access.key_file import KeyFile
from sanad.access.serving import prepare_access
from sanad.clock import utc_now
from sanad.commands.serve import open_services
from tests.sanad.conftest import CopyIndex, Indexed

EXAMPLES = 250
"""Generated at random for each operation that takes anything; its bounds add as many again."""

LEAST_CASES = 3_000

URL = "http://localhost:8000"

GOOD = ["2xx", "304", "403", "404", "409", "412", "414", "422"]
"""What fits the schema may still hold no word to search for, dates in the wrong order, or an id
beside another one in the path: that is 422, never 400. Parameters long together are 414."""

BAD = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "414", "415", "422"]

CONFIG = SchemathesisConfig.from_dict({
    "seed": 1,
    "base-url": URL,
    "checks": {
        "positive_data_acceptance": {"expected-statuses": GOOD},
        "negative_data_rejection": {"expected-statuses": BAD},
        # Asks over the network; `tests/api/access` looks at who may do what.
        "ignored_auth": {"enabled": False},
        # /v1/articles/batch takes POST, and is also the path of an article with the id "batch".
        "allow_header_conformance": {"enabled": False},
    },
    "operations": [
        {
            # A bad line has a bad verdict; the upload is none the worse.
            "include-path": "/v1/articles/batch",
            "checks": {"negative_data_rejection": {"enabled": False}},
        },
        {
            # Among its good entity tags, schemathesis 4.32 has `0`, which does not fit the pattern.
            "include-path": "/v1/articles/{article_id}",
            "checks": {"positive_data_acceptance": {"expected-statuses": ["400", *GOOD]}},
        },
    ],
})


def document() -> dict[str, object]:
    """The OpenAPI document, without a server."""
    chosen = Settings()
    return create_app(lambda: pytest.fail("it is not served"), settings=chosen).openapi()


schema = schemathesis.openapi.from_dict(document(), config=CONFIG)


KEY = draw_key()


@schemathesis.serializer("application/x-ndjson")
def lines_of_json(_: object, value: object) -> bytes:
    """A body that is text already, or any JSON on one line."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace")


@schema.auth()
class Key:
    """Sends a key that may do everything, but where a case is about a missing or a bad one."""

    def get(self, *_: object) -> str:
        return KEY.text

    def set(self, case: schemathesis.Case, data: str, _: object) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@pytest.fixture(scope="module")
def client(sample_index: Indexed, copy_index: CopyIndex) -> Iterator[ASGIClient]:
    """Over a real index with the real model, which the tests write to."""
    chosen = Settings(data_dir=copy_index(sample_index))
    record = KeyRecord(
        id=KEY.id, name="fuzz", scopes=ALL_SCOPES, digest=KEY.digest, created_at=utc_now()
    )
    KeyFile(chosen.data_dir).change(lambda records: records | {record.id: record})
    app = create_app(partial(open_services, chosen, prepare_access(chosen)), settings=chosen)
    with ASGIClient(app, base_url=URL) as client:
        yield client


@pytest.fixture(scope="module")
def asked() -> Counter[str]:
    """Cases by operation."""
    return Counter()


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_an_operation_keeps_its_promises(
    case: schemathesis.Case, client: ASGIClient, asked: Counter[str]
) -> None:
    response = case.call(session=client)
    asked[case.operation.label] += 1
    case.validate_response(response)
    headers = response.headers
    assert headers["x-content-type-options"] == ["nosniff"]
    assert len(headers["x-request-id"]) == 1
    assert not {"server", "set-cookie", "x-powered-by"} & set(headers)


# The last one: it looks back at the ones above.
def test_there_were_thousands_of_cases_and_some_of_every_operation(asked: Counter[str]) -> None:
    operations = {operation.ok().label for operation in schema.get_all_operations()}
    assert set(asked) == operations
    assert asked.total() >= LEAST_CASES, asked
