"""A token is good as it was written, while it lasts, for its audience and secret alone."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from api.access.tokens import AUDIENCE, MAX_TOKEN_CHARS, Visitor, VisitorTokens, draw_visitor_id

SECRET, OTHER = "k3" * 20, "m9" * 20
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
VISITOR = Visitor(id="v1", site="almadar", origin="https://almadar.example")


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def tokens(
    clock: Clock | None = None, *, secret: str = SECRET, previous: str | None = None
) -> VisitorTokens:
    return VisitorTokens(
        secret=secret,
        previous=previous,
        lifetime=timedelta(minutes=15),
        now=clock or Clock(),
    )


def test_a_token_says_who_it_was_given_to_and_when_it_ends() -> None:
    token, ends = tokens().write(VISITOR)
    assert tokens().read(token) == VISITOR
    assert ends == START + timedelta(minutes=15)


def test_a_token_ends_on_time_and_can_be_renewed_for_a_day() -> None:
    clock = Clock()
    written = tokens(clock)
    token, ends = written.write(VISITOR)
    clock.now = ends - timedelta(seconds=1)
    assert written.read(token) == VISITOR
    clock.now = ends
    assert written.read(token) is None
    assert written.read_for_renewal(token) == VISITOR
    clock.now = ends + timedelta(days=1)
    assert written.read_for_renewal(token) is None


def test_a_replaced_secret_reads_its_tokens_and_writes_none() -> None:
    token, _ = tokens(secret=OTHER).write(VISITOR)
    rotated = tokens(secret=SECRET, previous=OTHER)
    assert rotated.read(token) == VISITOR
    assert tokens(secret=OTHER).read(rotated.write(VISITOR)[0]) is None
    assert tokens(secret=SECRET).read(token) is None


@given(st.text())
def test_no_text_is_a_token(text: str) -> None:
    assert tokens().read(text) is None


@given(st.data())
def test_no_token_with_another_character_anywhere_is_good(data: st.DataObject) -> None:
    token, _ = tokens().write(VISITOR)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda one: one != token[place]))
    read = tokens().read(token[:place] + other + token[place + 1 :])
    # The last character of base64 has bits that nothing reads.
    assert read is None or (place == len(token) - 1 and read == VISITOR)


@pytest.mark.parametrize(
    ("salt", "derivation", "digest"),
    [
        ("itsdangerous", "hmac", hashlib.sha256),
        (AUDIENCE, "django-concat", hashlib.sha256),
        (AUDIENCE, "hmac", hashlib.sha1),
        (AUDIENCE, "none", hashlib.sha256),
    ],
)
def test_what_is_signed_for_another_purpose_or_otherwise_is_no_token(
    salt: str, derivation: str, digest: object
) -> None:
    signer = URLSafeSerializer(
        SECRET, salt=salt, signer_kwargs={"key_derivation": derivation, "digest_method": digest}
    )
    told = ["v1", "almadar", "https://almadar.example", int(START.timestamp()) + 60]
    assert tokens().read(str(signer.dumps(told))) is None


def test_a_token_of_the_longest_site_and_origin_is_short_enough() -> None:
    visitor = Visitor(id=draw_visitor_id(), site="s" * 63, origin="https://" + "o" * 292)
    token, _ = tokens().write(visitor)
    assert len(token) < MAX_TOKEN_CHARS
    assert tokens().read(token) == visitor


def test_ids_of_visitors_differ() -> None:
    assert len({draw_visitor_id() for _ in range(1_000)}) == 1_000
