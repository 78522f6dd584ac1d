"""The OpenAPI document is complete, and what it says holds: schemathesis asks everything that it describes."""

from typing import Any

import httpx
import psycopg
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from markaz.bootstrap import Settings, installation_key
from markaz.web import create_app
from tests.web.conftest import web_settings

EXAMPLES_MAX = 6
"""For each operation: the whole document is asked in half a minute on a quiet machine."""


@schemathesis.serializer("audio/wav")
def sound(_: schemathesis.SerializationContext, value: Any) -> bytes:
    """Whatever is drawn: a sound it is not, and that is to be said."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture
def app(web_database: str, key: dict[str, str], settings: Settings, organisation: psycopg.Connection) -> FastAPI:
    floor_key = installation_key(settings, "web-floor")
    return create_app(web_settings(web_database, floor_key=floor_key, sip_address=lambda: ("127.0.0.1", 5070)))


def test_what_the_document_says_holds(app: FastAPI, key: dict[str, str], organisation: psycopg.Connection) -> None:
    organisation.execute("""
        INSERT INTO contact (floor, contact, channel, project, customer, state, queue, arrived_at)
        VALUES ('main', '0', 'voice', 'hotline', '+491', 'closed', 'cards', now())
    """)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    asked = 0
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()

        @settings(
            max_examples=EXAMPLES_MAX, deadline=None, phases=[Phase.explicit, Phase.generate], database=None,
            derandomize=True, suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
        )  # fmt: skip
        def ask(case: Any) -> None:
            response = case.call(headers=key)
            assert response.status_code != 500, response.text  # 503 is said where it may be
            case.validate_response(
                response,
                checks=[
                    status_code_conformance, content_type_conformance, response_schema_conformance,
                ],
            )  # fmt: skip

        schemathesis_given(operation)(ask)()
        asked += 1
    assert asked == sum(len(ways) for ways in app.openapi()["paths"].values())


def schemathesis_given(operation: Any) -> Any:
    from hypothesis import given

    return given(case=operation.as_strategy())


async def test_every_operation_says_what_it_may_refuse(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    for path, ways in document["paths"].items():
        for method, way in ways.items():
            if not path.startswith("/api/"):
                continue
            assert "503" in way["responses"], (method, path)
            for status, answer in way["responses"].items():
                if status >= "400":
                    assert list(answer["content"]) == ["application/problem+json"], (method, path, status)


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "code"),
    [
        ("GET", "/api/nothing", {}, None, 404, "not_found"),
        ("DELETE", "/api/contacts", {}, None, 405, "method_not_allowed"),
        ("PUT", "/api/contacts/0/form", {}, b"x" * 70_000, 413, "request_too_large"),
        ("PUT", "/api/contacts/0/form", {"Content-Type": "text/plain"}, b'{"values":{}}', 422, "request_invalid"),
        ("PUT", "/api/contacts/0/form", {"Content-Type": "application/json"}, b"{", 422, "request_invalid"),
        ("GET", "/api/contacts?limit=0", {}, None, 422, "request_invalid"),
    ],
)
async def test_every_refusal_is_a_problem(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | None,
    status: int,
    code: str,
) -> None:
    answer = await client.request(method, path, headers=headers, content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
