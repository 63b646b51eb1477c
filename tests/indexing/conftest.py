"""Fixtures of the write path's tests."""

import pytest

from tests.indexing.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
