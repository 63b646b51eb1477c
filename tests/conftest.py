"""What every test may use."""

from collections.abc import Iterator

import pytest

from tests.contracts.chat_endpoint import ChatEndpoint, running_endpoint


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def endpoint() -> Iterator[ChatEndpoint]:
    with running_endpoint() as endpoint:
        yield endpoint
