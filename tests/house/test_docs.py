"""The checks of the documentation find what they are there to find."""

from pathlib import Path

import pytest

import check_docs
import generate_docs


def test_a_registry_s_host_is_found_in_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_docs, "ROOT", tmp_path)
    (tmp_path / "lock.txt").write_text(f"found at https://{check_docs.HOSTS[0].upper()}/simple\n")
    (tmp_path / "fine.txt").write_text("aiohttp==3\n")
    found = list(check_docs.registries(sorted(tmp_path.iterdir())))
    assert len(found) == 1
    assert found[0].startswith("lock.txt names the registry")


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_docs, "ROOT", tmp_path)
    (tmp_path / "there.md").write_text("[self](there.md#part) [web](https://example.org/x)")
    (tmp_path / "page.md").write_text("[there](there.md) [gone](gone.md)")
    assert list(check_docs.broken_links(sorted(tmp_path.iterdir()))) == ["page.md links to gone.md, which is not there"]


def test_an_edited_diagram_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited = tmp_path / "contact.md"
    edited.write_text("something else")
    monkeypatch.setattr(check_docs, "ROOT", tmp_path)
    monkeypatch.setattr(check_docs, "documents", lambda: {edited: "as generated"})
    assert list(check_docs.stale()) == ["contact.md is out of date; bring it up to date with: make docs"]


def test_a_diagram_shows_every_move_once_and_where_it_begins_and_ends() -> None:
    page = generate_docs.state_page(
        "A lamp is on or off",
        generate_docs.arrows_of(
            {"off": {"pressed": "on"}, "on": {"pressed": "off", "dropped": "broken"}, "broken": {}}
        ),
        "lamp.py",
    )
    lines = [line.strip() for line in page.splitlines()]
    assert [line for line in lines if "-->" in line] == [
        "[*] --> off", "off --> on: pressed", "on --> off: pressed", "on --> broken: dropped", "broken --> [*]",
    ]  # fmt: skip
