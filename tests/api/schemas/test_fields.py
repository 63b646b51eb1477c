"""Field types take what they should and say clearly what they refuse."""

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from api.schemas.fields import (
    MAX_ID_CHARS,
    Body,
    EndTime,
    ExactTime,
    Label,
    Language,
    StartTime,
    Url,
    UtcTime,
    fault_of_id,
    parse_time,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-06-19T08:30:00Z", datetime(2024, 6, 19, 8, 30, tzinfo=UTC)),
        ("2024-06-19t08:30:00z", datetime(2024, 6, 19, 8, 30, tzinfo=UTC)),
        ("2024-06-19 08:30+03:00", datetime(2024, 6, 19, 5, 30, tzinfo=UTC)),
        ("2024-01-01T01:00:00.5+05:30", datetime(2023, 12, 31, 19, 30, 0, 500_000, tzinfo=UTC)),
        ("2024-02-29T23:59:59-11:00", datetime(2024, 3, 1, 10, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_with_a_zone_is_told_in_utc(written: str, meant: datetime) -> None:
    for kind in (StartTime, EndTime, ExactTime):
        assert TypeAdapter(kind).validate_python(written) == meant


def test_a_date_alone_is_its_first_or_its_last_moment_in_utc() -> None:
    assert TypeAdapter(StartTime).validate_python("2024-06-19") == datetime(2024, 6, 19, tzinfo=UTC)
    assert TypeAdapter(EndTime).validate_python("2024-06-19") == datetime(
        2024, 6, 19, 23, 59, 59, 999_999, tzinfo=UTC
    )
    with pytest.raises(ValidationError, match="no RFC 3339 time"):
        TypeAdapter(ExactTime).validate_python("2024-06-19")


def parsed_or_reason(text: str, *, date_means: time | None) -> datetime | str:
    try:
        return parse_time(text, date_means=date_means)
    except PydanticCustomError as exc:
        return exc.message()


@given(st.datetimes(timezones=st.timezones(), allow_imaginary=False))
def test_every_time_that_python_writes_comes_back(moment: datetime) -> None:
    parsed = parsed_or_reason(moment.isoformat(), date_means=None)
    # Offsets with seconds (before standard time) and the edges of the calendar are refused.
    if isinstance(parsed, str):
        assert "no RFC 3339 time" in parsed or "before the year 1" in parsed
    else:
        # Python calls a time that its zone has twice unequal to any time of another zone.
        assert (parsed, parsed.tzinfo) == (moment.astimezone(UTC), UTC)


@given(st.text(max_size=60) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]*)?Z?"))
def test_any_text_is_a_time_or_refused_with_a_reason(text: str) -> None:
    parsed = parsed_or_reason(text, date_means=time.min)
    assert parsed if isinstance(parsed, str) else parsed.tzinfo is UTC


def test_a_time_of_a_response_is_written_with_z() -> None:
    adapter = TypeAdapter(UtcTime)
    local = datetime.fromisoformat("2024-06-19T11:05:00+03:00")
    assert adapter.dump_json(adapter.validate_python(local)) == b'"2024-06-19T08:05:00Z"'


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "http://a.example:8080/b?c=d#e",
        "https://almadar.example/أخبار/١",
        "HTTPS://A.example/",
        "http://[2001:db8::1]/",
    ],
)
def test_an_absolute_web_address_is_a_url(url: str) -> None:
    assert TypeAdapter(Url).validate_python(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.example/b",
        "//a.example/b",
        "https://",
        "https:///path",
        "ftp://a.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://a.example/\n",
        'https://a.example/"onclick=',
        "http://[::1",
        "https://a.example/" + "x" * 2_000,
    ],
)
def test_anything_else_is_no_url(url: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Url).validate_python(url)


@pytest.mark.parametrize(
    ("tag", "kept"), [("ar", "ar"), ("AR-EG", "ar"), ("zh-Hant-TW", "zh"), ("arz", "arz")]
)
def test_a_language_tag_keeps_its_primary_subtag(tag: str, kept: str) -> None:
    assert TypeAdapter(Language).validate_python(tag) == kept


@pytest.mark.parametrize(
    "text", ["سطر\nآخر\t.", "نص‌با نیم‌فاصله", "\u202bx\u202c", "🧑‍🚀", "e\u0301"]
)
def test_text_may_hold_whatever_readers_may_see(text: str) -> None:
    assert TypeAdapter(Body).validate_python(text) == text


@pytest.mark.parametrize("bad", ["a\x00", "a\r\n", "\x1b[31m", "\x85", "\x7f"])
def test_text_holds_no_control_characters(bad: str) -> None:
    with pytest.raises(ValidationError, match="control character U"):
        TypeAdapter(Body).validate_python(bad)


@pytest.mark.parametrize("bad", ["a\nb", "a\tb", " ", "x" * 201])
def test_a_label_is_one_filled_line(bad: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Label).validate_python(bad)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=MAX_ID_CHARS))
def test_any_visible_text_is_an_id(text: str) -> None:
    fault = fault_of_id(text)
    separators = {"\u2028", "\u2029"} & set(text)
    assert fault is None or text != text.strip() or text in {".", ".."} or separators
