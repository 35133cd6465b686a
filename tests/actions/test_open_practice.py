"""A practice is opened from the shell: workspace, owner, senders, journeys; what cannot be is said in words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rewarm.cli.practice import WEEK, _open, _zone
from rewarm.errors import SetupError
from rewarm.models import Clinician, JourneyVersion, Membership, Segment, Sender, Workspace
from rewarm.models.scope import within

pytestmark = pytest.mark.django_db
FACTS: dict[str, Any] = {
    "name": "Elm Street Hearing", "legal_name": "Elm Street Hearing LLC", "zone": "America/Chicago",
    "phone": "312 278 3344",
    "email": "desk@elmstreet.example", "postal_address": "1 Elm St, Chicago", "pack": "audiology",
    "clinicians": {"Dr. Lin": WEEK},
}  # fmt: skip


def opened(**changes: Any) -> str:
    return _open(
        FACTS | changes, "Amy@Elm.example", "Amy Lin", "correct horse battery", "http://u:p%40ss@10.0.0.5:13013",
        "smtp://mail.elm.example:25",
    )  # fmt: skip


def test_everything_that_a_practice_needs_is_there() -> None:
    slug = opened()
    workspace = Workspace.objects.get(slug=slug)
    with within(workspace.id):
        text, mail = Sender.objects.order_by("-channel")
        assert (text.kind, text.workspace_kind, json.loads(text.settings)["password"]) == ("kannel", "live", "p@ss")
        assert (mail.kind, json.loads(mail.settings)["port"]) == ("smtp", 25)
        assert Membership.objects.get().role == "owner"
        assert Clinician.objects.get().name == "Dr. Lin"
        assert JourneyVersion.objects.count() >= 3
        assert Segment.objects.count() == 8


def test_a_second_practice_of_that_name_and_a_bad_number_are_refused_in_words() -> None:
    opened()
    with pytest.raises(SetupError, match="already"):
        opened()
    with pytest.raises(SetupError, match="no phone number"):
        opened(name="Other", phone="12")
    with pytest.raises(SetupError, match="no time zone"):
        _zone("Mars/One")
