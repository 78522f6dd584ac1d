"""The pages as the web process serves them: the one page for every address, files that are cached, a strict policy."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from markaz.web.page_files import serve_pages
from markaz.web.problems import answer_with_problems
from markaz.web.request_ids import RequestIds
from tests.web.conftest import client_of

PAGE = '<!doctype html><meta property="csp-nonce" nonce="MARKAZ-NONCE"><script src="/assets/a-1.js"></script>'
SCRIPT = "console.log('markaz');\n" * 100


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "assets/a-1.js").write_text(SCRIPT)
    (tmp_path / "mark.svg").write_text("<svg/>")
    (tmp_path / ".built").write_text("not for others")
    return tmp_path


def application(folder: Path) -> httpx.AsyncClient:
    app = FastAPI()
    answer_with_problems(app)
    serve_pages(app, folder)
    app.add_middleware(RequestIds)
    return client_of(app)


async def test_every_address_of_the_pages_is_the_one_page_with_a_nonce_of_its_own(built: Path) -> None:
    async with application(built) as client:
        answers = [await client.get(path) for path in ("/", "/desk", "/administration/numbers/%2B4930")]
    nonces = [re.search(r'nonce="([^"]+)"', answer.text) for answer in answers]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({nonce[1] for nonce in nonces if nonce}) == 3
    for answer, nonce in zip(answers, nonces, strict=True):
        policy = answer.headers["Content-Security-Policy"]
        assert nonce is not None
        assert f"'nonce-{nonce[1]}'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["Cache-Control"] == "no-store"


async def test_files_are_cached_for_ever_zipped_and_not_sent_twice(built: Path) -> None:
    async with application(built) as client:
        file = await client.get("/assets/a-1.js")
        assert file.text == SCRIPT
        assert file.headers["Content-Encoding"] == "gzip"
        assert "immutable" in file.headers["Cache-Control"]
        again = await client.get("/assets/a-1.js", headers={"If-None-Match": file.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        mark = await client.get("/mark.svg")
        assert mark.headers["Cache-Control"] == "no-cache"
        plain = await client.get("/assets/a-1.js", headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers


async def test_what_is_not_a_page_stays_a_problem(built: Path) -> None:
    async with application(built) as client:
        unknown = await client.get("/api/nowhere")
        old = await client.get("/assets/a-0.js")
        posted = await client.post("/desk")
        outside = await client.get("/../.built")
        hidden = await client.get("/.built")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert old.status_code == 404
    assert posted.status_code == 404
    assert "not for others" not in outside.text + hidden.text


async def test_pages_that_are_not_built_say_how_to_build_them(tmp_path: Path) -> None:
    async with application(tmp_path / "nowhere") as client:
        answer = await client.get("/desk")
    assert answer.status_code == 503
    assert "make pages" in answer.text


async def test_a_request_s_id_comes_back_and_a_dangerous_one_does_not(built: Path) -> None:
    async with application(built) as client:
        named = await client.get("/api/nowhere", headers={"X-Request-Id": "ab12-cd34"})
        refused = await client.get("/api/nowhere", headers={"X-Request-Id": "a b\t<script>"})
    assert named.headers["X-Request-Id"] == "ab12-cd34"
    assert re.fullmatch("[0-9a-f]{8}", refused.headers["X-Request-Id"])
