"""Only what browsers send is an origin, and only this machine's pages are one's own."""

import pytest

from api.access.origins import fault_of_origin, host_of, is_loopback, is_own_page

GOOD = [
    "https://news.example",
    "https://www.news.example",
    "https://news.example:8443",
    "https://xn--mgbh0fb.example",
    "https://192.0.2.7",
    "https://[2001:db8::1]",
    "http://localhost",
    "http://localhost:8000",
    "http://news.localhost:3000",
    "http://127.0.0.1:8000",
    "http://[::1]:8000",
]
BAD = [
    "*",
    "https://*",
    "https://*.news.example",
    "null",
    "",
    "news.example",
    "https://",
    "https:///",
    "https://news.example/",
    "https://news.example/page",
    "https://news.example?",
    "https://news.example#",
    "https://news.example.",
    "https://.news.example",
    "https://news..example",
    "https://News.example",
    "HTTPS://news.example",
    "https://news.example:443",
    "http://localhost:80",
    "https://news.example:",
    "https://news.example:0443",
    "https://news.example:99999999",
    "https://user@news.example",
    "https://user:password@news.example",
    "https://أخبار.example",
    "https://nеws.example",
    "https://news.example ",
    " https://news.example",
    "https://news.example\n",
    "http://news.example",
    "http://192.0.2.7",
    "http://localhost.example",
    "http://127.0.0.1.example",
    "ftp://news.example",
    "javascript://news.example",
    "https://[::1",
    "https://" + "a" * 300 + ".example",
]


@pytest.mark.parametrize("origin", GOOD)
def test_an_origin_as_browsers_send_it_is_taken(origin: str) -> None:
    assert fault_of_origin(origin) is None


@pytest.mark.parametrize("origin", BAD)
def test_anything_else_is_not(origin: str) -> None:
    assert fault_of_origin(origin) is not None


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("localhost:8000", "localhost"),
        ("localhost", "localhost"),
        ("[::1]:8000", "[::1]"),
        ("[::1]", "[::1]"),
        ("127.0.0.1:80", "127.0.0.1"),
    ],
)
def test_the_host_of_this_machine_is_known_with_and_without_a_port(
    authority: str, host: str
) -> None:
    assert host_of(authority) == host
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["news.example", "localhost.example", "192.0.2.1", "", "127.0.0.1.example", "::2"]
)
def test_other_hosts_are_not_this_machine(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        ("http://localhost:8000", "localhost:8000", True),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("http://localhost:8000", "127.0.0.1:8000", False),
        ("http://localhost:8000", "localhost:8001", False),
        ("http://news.example:8000", "news.example:8000", False),
        ("null", "null", False),
    ],
)
def test_a_page_is_ones_own_by_a_name_that_cannot_be_rebound(
    origin: str, host: str, *, own: bool
) -> None:
    assert is_own_page(origin, host=host) is own
