"""A front desk in a real browser: from the login to answering somebody who wants to talk, and hearing back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from rewarm.models import Handoff, Touch
from rewarm.models.scope import within
from tests.cast import JOHN, House

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
# Without these it would look up its maker's hosts at every start.
ARGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and not os.environ.get("CI"), reason="needs Chromium (apt install chromium)"
    ),
]


@pytest.fixture
def chromium(busy: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Start a browser of its own."""
    # Playwright's loop runs in this thread: Django would refuse to ask the database, and opens a connection of its own.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGS))
        with within(busy.workspace.id):
            yield browser
        browser.close()
        connections.close_all()


@pytest.mark.parametrize("width", [1280, 390])
def test_from_login_to_answering_a_hot_lead(live_server: Any, busy: House, chromium: Any, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 860})
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)

    page.goto(live_server.url + "/")
    page.fill("input[name=username]", "priya@harbor.example")
    page.fill("input[name=password]", "open sesame please")
    page.click("text=Log in >> nth=-1")
    page.wait_for_selector("h1:has-text('Today')")
    assert "can a real person call me please" in page.inner_text("main")

    page.click("button:has-text('I take it')")
    page.wait_for_selector("text=You have it")
    page.keyboard.press("r")
    page.keyboard.type("Hi John, this is Priya. Is three o'clock good for a call?")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#talk >> text=Is three o'clock good")
    assert Touch.objects.filter(content="human").count() == 1
    assert Handoff.objects.get().claimed_by == busy.priya

    busy.pass_time(timedelta(minutes=1))
    assert busy.carrier.to(JOHN)[-1].startswith("Hi John, this is Priya")
    page.wait_for_selector("#talk footer:has-text('Priya Raman'):has-text('sent')")

    busy.says(JOHN, "three is fine")
    page.wait_for_selector("#talk >> text=three is fine", timeout=10_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing sticks out to the side"
    assert complaints == []
