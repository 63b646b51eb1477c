"""The settings that the passages benchmark offers, and what it says to names that are none."""

import pytest

from benchmarks.passages_settings import BODY_BASE, TITLED_BASE, named, settings
from indexing.shape import DEFAULT_SHAPE


def test_every_setting_is_compared_with_one_that_is_measured_before_it() -> None:
    names = [one.name for one in settings()]

    assert len(names) == len(set(names)) >= 12
    for one in settings():
        assert names.index(one.against) <= names.index(one.name)


def test_what_settings_with_titles_are_compared_with_is_what_the_product_does() -> None:
    (base,) = named([TITLED_BASE])

    assert base.shape == DEFAULT_SHAPE


def test_some_settings_may_be_named_with_what_they_are_compared_with() -> None:
    assert [one.name for one in named(["64", BODY_BASE])] == [BODY_BASE, "64"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["65"], "no setting is named '65'; there are: 220; 64; 96"),
        (["64"], "'64' is compared with '220': name that too"),
    ],
)
def test_names_that_cannot_be_measured_are_refused(names: list[str], message: str) -> None:
    with pytest.raises(SystemExit, match=message):
        named(names)
