"""Lines are the same however an upload is cut, and none is held that is too long."""

from hypothesis import given
from hypothesis import strategies as st

from api.batch.lines import Line, LineCutter

PIECES = st.lists(st.binary(max_size=12).map(lambda b: b.replace(b"\x00", b"\n")), max_size=12)


def cut(pieces: list[bytes], *, max_bytes: int) -> list[Line]:
    cutter = LineCutter(max_bytes=max_bytes)
    found = [line for piece in pieces for line in cutter.feed(piece)]
    return found + cutter.end()


@given(PIECES, st.integers(1, 20))
def test_lines_are_those_of_the_whole_however_it_is_cut(
    pieces: list[bytes], max_bytes: int
) -> None:
    whole = b"".join(pieces)
    expected = [
        Line(number=number, data=line if len(line) <= max_bytes else None)
        for number, line in enumerate(whole.split(b"\n"), start=1)
        if line.strip() or len(line) > max_bytes
    ]
    assert cut(pieces, max_bytes=max_bytes) == expected


def test_a_line_without_an_end_holds_no_more_memory_than_allowed() -> None:
    cutter = LineCutter(max_bytes=10)
    for _ in range(1_000):
        assert cutter.feed(b"x" * 10_000) == []
        assert len(cutter._held) <= 10
    assert cutter.feed(b"\nshort\n") == [
        Line(number=1, data=None),
        Line(number=2, data=b"short"),
    ]


def test_line_ends_of_windows_and_separators_of_unicode_part_nothing_else() -> None:
    text = '{"a": "\u2028\u0085"}\r\n{"b": "سطر"}'
    lines = cut([text.encode()], max_bytes=100)
    assert [line.number for line in lines] == [1, 2]
