"""A client's page is opened with values that stay values, whatever a caller calls itself."""

from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markaz.web.screen_pop import filled, template_problem
from markaz.webhooks import networks_of

GOOD = "https://crm.example.org/callers/{contact}?number={customer}&queue={queue}#x"


@given(st.text(max_size=40), st.text(max_size=40).filter(lambda text: text.isprintable()))
def test_a_value_stays_one_value(contact: str, customer: str) -> None:
    customer = customer.encode(errors="ignore").decode()
    url = filled(GOOD, {"contact": contact.encode(errors="ignore").decode(), "customer": customer, "queue": "q"})
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "crm.example.org", "x")
    assert parts.path.count("/") == 2
    assert parse_qs(parts.query, keep_blank_values=True) == {"number": [customer], "queue": ["q"]}


@pytest.mark.parametrize("name", [".", ".."])
def test_a_callers_name_does_not_move_in_the_path(name: str) -> None:
    assert filled("https://crm.example.org/callers/{customer}/card", {"customer": name}).endswith("/callers//card")


@pytest.mark.parametrize(
    "template",
    [
        "http://crm.example.org/", "javascript:alert({customer})", "https://{customer}/", "https://{customer}.evil.org/",
        "https://u@crm.example.org/", "//crm.example.org/", "https:///x", "https://crm.example.org/{secret}",
        "https://crm.example.org/{", "https://crm.example.org/}", "https://crm.example.org/{{customer}}",
        "https://crm.example.org/ x", "https://crm.example.org\\@evil.org/", "", "data:text/html,{customer}",
        "http://10.2.0.1/",
    ],
)  # fmt: skip
def test_templates_that_lead_elsewhere_are_refused(template: str) -> None:
    assert template_problem(template, networks_of(["10.1.0.0/16"])) is not None


def test_plain_http_is_allowed_where_the_settings_say_so() -> None:
    assert template_problem(GOOD) is None
    assert template_problem("http://10.1.0.9:8080/{customer}", networks_of(["10.1.0.0/16"])) is None


async def test_the_address_of_a_contact(client: httpx.AsyncClient, organisation: psycopg.Connection) -> None:
    path = "/api/projects/hotline/screen-pop"
    assert (await client.get(path)).json()["code"] == "screen_pop_missing"
    organisation.execute(
        "UPDATE project SET rules = json_build_object('screen_pop', %s::text) WHERE id = 'hotline'", (GOOD,)
    )
    organisation.execute("""
        INSERT INTO contact (floor, contact, channel, project, customer, state, queue, arrived_at)
        VALUES ('main', 'c1', 'voice', 'hotline', '+49 "><script>&x=1', 'closed', 'cards', now())
    """)
    assert (await client.get(path)).json() == {"template": GOOD, "url": None}
    told = (await client.get(path, params={"contact": "c1"})).json()
    assert told["url"] == ("https://crm.example.org/callers/c1?number=%2B49%20%22%3E%3Cscript%3E%26x%3D1&queue=cards#x")
    assert (await client.get(path, params={"contact": "c2"})).json()["code"] == "contact_unknown"
    assert (await client.get("/api/projects/none/screen-pop")).json()["code"] == "project_unknown"
