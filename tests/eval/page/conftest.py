"""Pages that several tests look at."""

import pytest

from tests.eval.page.documents import Node
from tests.eval.page.page_runs import fair_run, good_run, poor_run
from tests.eval.page.reading import page


@pytest.fixture(scope="session")
def one() -> Node:
    """A run by itself."""
    return page(good_run())


@pytest.fixture(scope="session")
def two() -> Node:
    """A run that is better than its base."""
    return page(good_run(), poor_run(), title="إصدار 1.4")


@pytest.fixture(scope="session")
def fair() -> Node:
    """A run whose fairness was measured."""
    return page(fair_run())


@pytest.fixture(scope="session")
def pages(one: Node, two: Node, fair: Node) -> list[Node]:
    return [one, two, fair]
