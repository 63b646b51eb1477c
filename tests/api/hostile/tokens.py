"""Attacks with tokens that are forged, replayed, changed, or sent where they do not belong."""

import base64
import hashlib
import hmac
import json
import zlib

from itsdangerous import Signer, URLSafeSerializer, URLSafeTimedSerializer

from api.access.tokens import AUDIENCE
from tests.api.hostile.attacks import (
    OTHER_SITE,
    QUESTION,
    SITE,
    Attack,
    Loot,
    answers,
    bearer,
    origin,
)

FAR = 4_102_444_800
"""2100-01-01."""

CLAIMS = {"sub": "x", "site": "almadar", "aud": AUDIENCE, "exp": FAR, "scope": "ask search admin"}
TOLD = ["x", "almadar", SITE, FAR]


def _ask(token: str) -> bytes:
    return answers(bearer(token), origin(SITE))


def _with(name: str, token: str) -> Attack:
    return Attack(name, lambda _: _ask(token))


def _part(value: object) -> str:
    return _encoded(json.dumps(value, separators=(",", ":")).encode())


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _jwt(header: dict[str, str], *, key: bytes | None = None) -> str:
    signed = f"{_part(header)}.{_part(CLAIMS)}"
    if key is None:
        return f"{signed}."
    return f"{signed}.{_encoded(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


def _signed(secret: str | bytes, *, salt: str = AUDIENCE, derivation: str = "hmac") -> str:
    signer = URLSafeSerializer(
        secret,
        salt=salt,
        signer_kwargs={"key_derivation": derivation, "digest_method": hashlib.sha256},
    )
    return str(signer.dumps(TOLD))


JWTS = [
    *[_with(f"JWT, alg {alg}", _jwt({"alg": alg})) for alg in ("none", "None", "NONE", "nOnE", "")],
    _with("JWT without alg", _jwt({"typ": "JWT"})),
    _with("JWT, HS256, empty key", _jwt({"alg": "HS256"}, key=b"")),
    _with("JWT, HS256, the word secret", _jwt({"alg": "HS256"}, key=b"secret")),
    _with("JWT, HS256, the audience", _jwt({"alg": "HS256"}, key=AUDIENCE.encode())),
    _with("JWT, RS256 signed as HS256", _jwt({"alg": "RS256"}, key=b"-----BEGIN PUBLIC KEY-----")),
    _with("JWT, kid to a file", _jwt({"alg": "HS256", "kid": "../../../dev/null"}, key=b"")),
    _with("JWT, kid with SQL", _jwt({"alg": "HS256", "kid": "x' UNION SELECT 'k"}, key=b"k")),
    _with("JWT, jku", _jwt({"alg": "RS256", "jku": "http://127.0.0.1:1/keys"}, key=b"k")),
    _with("JWT, x5u", _jwt({"alg": "RS256", "x5u": "http://127.0.0.1:1/key"}, key=b"k")),
    _with("JWT, embedded key", _jwt({"alg": "HS256", "jwk": "k"}, key=b"k")),
    _with("JWE of five parts", "a.b.c.d.e"),
    _with("PASETO", "v4.local.AAAA"),
]

FORGED = [
    Attack("another secret", lambda loot: _ask(_signed(loot.secret_of_another))),
    _with("the empty secret", _signed("")),
    _with("the audience as the secret", _signed(AUDIENCE)),
    _with("the default salt", _signed("secret", salt="itsdangerous")),
    _with("no derivation", _signed("secret", derivation="none")),
    _with("an old derivation", _signed("secret", derivation="django-concat")),
    _with("a signer of plain text", Signer("secret").sign("x").decode()),
    _with("a signer with times", str(URLSafeTimedSerializer("secret").dumps(TOLD))),
    _with("no signature", _part(TOLD) + "."),
    _with("no payload", "." + _encoded(b"0" * 32)),
    _with("dots", "..."),
    _with("a signature of zeros", _part(TOLD) + "." + _encoded(b"\0" * 32)),
    _with("a signature of one byte", _part(TOLD) + "." + _encoded(b"\0")),
    _with("a signature in hexadecimal", _part(TOLD) + "." + "0" * 64),
    _with("a payload that is no JSON", _encoded(b"\xff\xfe") + "." + _encoded(b"0" * 32)),
    _with("a payload that is no base64", "!!!!." + _encoded(b"0" * 32)),
    _with("a deep payload", _encoded(b"[" * 900) + "." + _encoded(b"0" * 32)),
    _with("a payload of many digits", _encoded(b"9" * 900) + "." + _encoded(b"0" * 32)),
    _with(
        "a payload that unpacks to gigabytes",
        "." + _encoded(zlib.compress(b"\0" * 500_000)) + "." + _encoded(b"0" * 32),
    ),
    _with("a pickle", _encoded(b"cos\nsystem\n(S'true'\ntR.") + "." + _encoded(b"0" * 32)),
    _with("a token of 1,501 characters", "a" * 1_500 + "."),
    _with("a token of a million characters", "a" * 1_000_000 + ".b"),
]


def _changed(token: str, place: int, value: object) -> str:
    """The payload of a good token with one thing changed, under its old signature."""
    payload, signature = token.rsplit(".", 1)
    told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    told[place] = value
    return f"{_part(told)}.{signature}"


def _swapped(first: str, second: str) -> str:
    return first.rsplit(".", 1)[0] + "." + second.rsplit(".", 1)[1]


CHANGED: list[Attack] = [
    Attack("another reader", lambda loot: _ask(_changed(loot.token, 0, "somebody else"))),
    Attack("another site", lambda loot: _ask(_changed(loot.token, 1, "herald"))),
    Attack("another origin", lambda loot: _ask(_changed(loot.other_token, 2, SITE))),
    Attack("a later end", lambda loot: _ask(_changed(loot.expired_token, 3, FAR))),
    Attack("the signature of another", lambda loot: _ask(_swapped(loot.token, loot.other_token))),
    Attack("a shorter signature", lambda loot: _ask(loot.token[:-2])),
    Attack("a longer signature", lambda loot: _ask(loot.token + "AA")),
    Attack("padding", lambda loot: _ask(loot.token + "==")),
    Attack("a second dot", lambda loot: _ask(loot.token.replace(".", "..", 1))),
    Attack("in capitals", lambda loot: _ask(loot.token.upper())),
    Attack("two tokens in one", lambda loot: _ask(loot.token + loot.token)),
    Attack("with NUL", lambda loot: _ask(loot.token + "\0")),
    Attack("with a space", lambda loot: _ask(loot.token + " x")),
    Attack("in percent escapes", lambda loot: _ask(loot.token.replace(".", "%2e"))),
    Attack("a fullwidth dot", lambda loot: _ask(loot.token.replace(".", "\uff0e"))),
]

REPLAYED: list[Attack] = [
    Attack("expired", lambda loot: _ask(loot.expired_token)),
    Attack("expired two days ago", lambda loot: _ask(loot.old_token)),
    Attack("of the other site", lambda loot: _ask(loot.other_token)),
    Attack("from nowhere", lambda loot: answers(bearer(loot.token))),
    Attack("from the other site", lambda loot: answers(bearer(loot.token), origin(OTHER_SITE))),
    Attack("from null", lambda loot: answers(bearer(loot.token), origin("null"))),
    Attack(
        "from two origins", lambda loot: answers(bearer(loot.token), origin(SITE), origin(SITE))
    ),
    Attack(
        "from a list of origins",
        lambda loot: answers(bearer(loot.token), origin(f"{SITE}, {OTHER_SITE}")),
    ),
    Attack(
        "from a Referer", lambda loot: answers(bearer(loot.token), ("Referer", f"{SITE}/article"))
    ),
    Attack("twice", lambda loot: answers(bearer(loot.token), bearer(loot.token), origin(SITE))),
    Attack(
        "beside a key",
        lambda loot: answers(bearer(loot.token), bearer(loot.search_key), origin(SITE)),
    ),
    Attack("as a cookie", lambda loot: answers(("Cookie", f"token={loot.token}"), origin(SITE))),
    Attack(
        "in the URL",
        lambda loot: answers(origin(SITE), target=f"/v1/answers?access_token={loot.token}"),
    ),
    Attack(
        "in the URL beside the header",
        lambda loot: answers(
            bearer(loot.token), origin(SITE), target=f"/v1/answers?token={loot.token}"
        ),
    ),
    Attack(
        "in the body",
        lambda loot: answers(
            origin(SITE), body=QUESTION[:-1] + f', "token": "{loot.token}"}}'.encode()
        ),
    ),
    Attack(
        "as a password",
        lambda loot: answers(
            ("Authorization", "Basic " + base64.b64encode(f":{loot.token}".encode()).decode()),
            origin(SITE),
        ),
    ),
]


def attacks() -> list[Attack]:
    named = {"JWT": JWTS, "forged": FORGED, "changed": CHANGED, "replayed": REPLAYED}
    return [
        Attack(f"token {kind}: {attack.name}", attack.sent)
        for kind, found in named.items()
        for attack in found
    ]


def loot_is_good_for_asking(loot: Loot) -> bytes:
    """What the attacks try to have."""
    return _ask(loot.token)
