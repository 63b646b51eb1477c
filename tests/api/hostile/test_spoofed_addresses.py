"""No header gets a sender another address than that of its connection, and so another budget."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network

import pytest
from starlette.testclient import TestClient

from api.access.budgets import BudgetPlan
from api.app import create_app
from tests.api.access.public import QUESTION, PublicServer, as_reader, token_for
from tests.api.archive import URL

SPOOFED: list[tuple[str, str]] = [
    ("X-Forwarded-For", "198.51.100.1"),
    ("X-Forwarded-For", "198.51.100.2, 198.51.100.3"),
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Forwarded-For", "::1"),
    ("X-Forwarded-For", "2001:db8:7::1"),
    ("X-Forwarded-For", ""),
    ("X-Forwarded-For", "," * 1_000),
    ("X-Forwarded-For", "unknown"),
    ("X-Forwarded-For", "198.51.100.4:99"),
    ("x-forwarded-for", "198.51.100.5"),
    ("X-Forwarded_For", "198.51.100.6"),
    ("X-Forwarded-For ", "198.51.100.7"),
    ("Forwarded", "for=198.51.100.8"),
    ("Forwarded", 'for="[2001:db8:8::1]"'),
    ("Forwarded", "for=198.51.100.9;by=127.0.0.1;host=localhost"),
    ("X-Real-IP", "198.51.100.10"),
    ("X-Client-IP", "198.51.100.11"),
    ("X-Cluster-Client-IP", "198.51.100.12"),
    ("True-Client-IP", "198.51.100.13"),
    ("CF-Connecting-IP", "198.51.100.14"),
    ("CF-Connecting-IPv6", "2001:db8:9::1"),
    ("Fastly-Client-IP", "198.51.100.15"),
    ("Fly-Client-IP", "198.51.100.16"),
    ("X-Originating-IP", "198.51.100.17"),
    ("X-Remote-IP", "198.51.100.18"),
    ("X-Remote-Addr", "198.51.100.19"),
    ("X-Azure-ClientIP", "198.51.100.20"),
    ("X-Envoy-External-Address", "198.51.100.21"),
    ("X-ProxyUser-Ip", "198.51.100.22"),
    ("Via", "1.1 198.51.100.23"),
    ("X-Forwarded", "for=198.51.100.24"),
    ("Client-IP", "198.51.100.25"),
]


@pytest.fixture
def server() -> PublicServer:
    return PublicServer(plan=BudgetPlan(address_questions_per_minute=1))


@pytest.fixture
def client(server: PublicServer) -> Iterator[TestClient]:
    with server.running() as client:
        yield client


@pytest.mark.parametrize(("name", "value"), SPOOFED, ids=[f"{n}: {v}"[:50] for n, v in SPOOFED])
def test_a_header_buys_no_question(client: TestClient, name: str, value: str) -> None:
    first = client.post("/v1/answers", json=QUESTION, headers=as_reader(token_for(client)))
    spoofed = as_reader(token_for(client)) | {name: value}
    second = client.post("/v1/answers", json=QUESTION, headers=spoofed)
    assert (first.status_code, second.status_code) == (200, 429)


def test_behind_a_trusted_proxy_readers_are_told_apart_but_not_by_their_own_word(
    server: PublicServer,
) -> None:
    access = server.access()
    server.archive.access = replace(access, trusted_proxies=(ip_network("192.0.2.0/24"),))
    app = create_app(server.archive.open_services, settings=server.archive.settings)
    with TestClient(app, base_url=URL, client=("192.0.2.1", 1)) as proxied:
        statuses = [
            proxied.post(
                "/v1/answers",
                json=QUESTION,
                headers=as_reader(token_for(proxied)) | {"X-Forwarded-For": told},
            ).status_code
            for told in (
                "198.51.100.1",
                "198.51.100.2",
                "203.0.113.9, 198.51.100.1",
                "203.0.113.8, 203.0.113.7, 198.51.100.2",
                "198.51.100.3, 192.0.2.9",
                "192.0.2.9, 198.51.100.3",
            )
        ]
    assert statuses == [200, 200, 429, 429, 200, 429]
