"""Whoever says stop stops everything, unless they themselves say what goes on (47 CFR 64.1200(a)(12))."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rewarm.adapters import packs
from rewarm.domain import intent

LEXICON = packs.lexicon("audiology")
EVERYTHING = """
STOP
STOP. I only missed my appointment because I moved away
stop texting me, I just had an appointment elsewhere
Stop! I just want these ads to end
unsubscribe, I keep getting ads
please stop, you just send me offers
you only send me reminders about appointments I never made. stop
I keep getting reminders, STOP
Promotions? STOP
Marketing texts are illegal, stop it now
offers offers offers. STOP
remove me, I only called about an appointment once
STOP I just want no more ads or texts of any kind
stop everything, reminders too
I just cancelled my appointment, take me off your list
STOP. My husband just confirmed he died
quit. only confirmed spam here
End this. I just got a confirmation from another clinic
Ads again? unsubscribe me
You only text me ads. Stop.
stop, these are just sales texts
lose my number, only marketing comes from it
stop the ads and the reminders
STOP sending me ads but not because of the appointment
unsubscribe me, I do not want reminders
stop, I do not need your reminders
""".strip().splitlines()
A_PART = """
stop all texts except my appointment reminders
no more promotions please, appointment reminders are fine
only send reminders, no marketing
stop the ads but keep my reminders
keep the appointment reminders but stop the promotions
stop the ads but I still want reminders
only text me about appointments, no marketing
just the reminders please, no offers
unsubscribe me from everything but my appointment reminders
stop the promotions, not the reminders
stop only the promotions
no more marketing, I still want to get texts about my appointments
unsubscribe me, but I do need my reminders
""".strip().splitlines()


def scope(text: str) -> str | None:
    return intent.read(intent.Reply(text=text, now=datetime(2026, 11, 20, 17, tzinfo=UTC)), LEXICON).scope


@pytest.mark.parametrize("text", EVERYTHING)
def test_what_they_complain_about_narrows_nothing(text: str) -> None:
    assert scope(text) == "all"


@pytest.mark.parametrize("text", A_PART)
def test_what_they_want_to_keep_goes_on(text: str) -> None:
    assert scope(text) == "promotions"
