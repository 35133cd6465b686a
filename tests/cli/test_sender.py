"""`rewarm sender` connects a number to its carrier, or says in words why it cannot."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from rewarm.actions.connect import connect
from rewarm.cli.sender import read_settings
from rewarm.errors import SetupError
from rewarm.models import Sender, Workspace
from rewarm.models.scope import within
from tests.cast import House

TWILIO = {"account_sid": "AC" + "a" * 32, "auth_token": "12345", "callbacks": "https://care.example"}
NUMBER = "+12125550188"


@pytest.fixture
def live(house: House) -> Any:
    """A practice that is no rehearsal."""
    there = Workspace(slug="live", kind=Workspace.LIVE, name="Elm", legal_name="Elm", zone="UTC", created_at=house.now)
    with within(there.id):
        there.save(force_insert=True)
        yield there


def test_a_sender_is_kept_with_settings_that_open(live: Workspace, house: House) -> None:
    kept = connect(live, slug="text", kind="twilio", address=NUMBER, settings=TWILIO, lane="marketing", now=house.now)
    again = Sender.objects.get(workspace=live)
    assert (again.kind, again.channel, again.lane, json.loads(again.settings)) == ("twilio", "sms", "marketing", TWILIO)
    assert again.callback_base() == f"https://care.example/hooks/carrier/{live.id}/{kept.secret}"


def test_a_sender_that_is_mended_goes_on_and_keeps_its_addresses(live: Workspace, house: House) -> None:
    first = connect(live, slug="text", kind="twilio", address=NUMBER, settings=TWILIO, now=house.now)
    Sender.objects.update(stopped_at=house.now, stopped_why="20003")
    second = connect(
        live, slug="text", kind="twilio", address=NUMBER, settings=TWILIO | {"auth_token": "6"}, now=house.now
    )
    assert (second.id, second.secret, second.stopped_at, second.stopped_why) == (first.id, first.secret, None, "")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "pigeon"}, "pigeon"), ({"settings": {"account_sid": "AC"}}, "auth_token"), ({"lane": "fast"}, "marketing"),
        ({"kind": "town"}, "rehearsal"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_said_and_not_kept(live: Workspace, house: House, wrong: Any, said: str) -> None:
    about: dict[str, Any] = {"slug": "text", "kind": "twilio", "address": NUMBER, "settings": TWILIO, "now": house.now}
    with pytest.raises(SetupError, match=said):
        connect(live, **about | wrong)
    assert not Sender.objects.filter(workspace=live).exists()


def test_a_rehearsal_gets_no_real_carrier(house: House) -> None:
    with pytest.raises(SetupError, match="rehearsal"):
        connect(house.workspace, slug="x", kind="twilio", address=NUMBER, settings=TWILIO, now=house.now)


def test_settings_come_from_a_file_or_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text('{"a": 1}')
    assert read_settings(str(tmp_path / "a.json")) == {"a": 1}
    monkeypatch.setattr("sys.stdin", io.StringIO('{"b": 2}'))
    assert read_settings("-") == {"b": 2}
    for body, said in (("[]", "one object"), ("{", "no JSON")):
        (tmp_path / "a.json").write_text(body)
        with pytest.raises(SetupError, match=said):
            read_settings(str(tmp_path / "a.json"))
    with pytest.raises(SetupError, match="Cannot read"):
        read_settings(str(tmp_path / "none.json"))
