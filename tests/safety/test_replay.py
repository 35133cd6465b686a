"""The model that is explored and the code that is shipped come to the same states, step by step."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from rewarm.models import Touch, User
from rewarm.models.outbox import claim
from rewarm.models.sealed import seal
from tests.cast import SARAH, House
from tests.safety.carrier import Carrier, carrier
from tests.safety.engine import INSISTS
from tests.safety.played import NEVER_SENT, Played, walk
from tests.safety.replay import Lane
from tests.safety.world import AUTUMN, LATER, SPRING

TRACES = int(os.environ.get("REWARM_TRACES", "150"))
FIRST = int(os.environ.get("REWARM_FIRST_TRACE", "0"))
LANES = 4  # some traces wait for seconds; the others need not wait for them


@pytest.fixture
def line(transactional_db: None) -> Iterator[Carrier]:
    seal("the key is made before two lanes could want to make it")
    with carrier() as here:
        yield here


@pytest.fixture
def lane(line: Carrier) -> Iterator[Lane]:
    with Lane(line, priya()) as lane:
        yield lane


def priya() -> User:
    return User.objects.create_user("priya@elm.example", name="Priya Raman", password="open sesame please")


def engine_for(seed: int) -> Played:
    """Let every third trace run over Kannel, the others over Twilio; some in a short night, some without a consent."""
    without = Played().without | (NEVER_SENT if seed % 3 == 0 else frozenset())
    return Played(without=without, consented=seed % 7 != 0, clock=SPRING if seed % 5 == 0 else AUTUMN)


def test_the_model_and_the_code_agree_state_for_state(line: Carrier) -> None:
    user = priya()
    told = Counter[int]()

    def tell(lane: Lane) -> None:
        """Let `make safety` see how far we are."""
        if path := os.environ.get("REWARM_FIGURES"):
            fresh = {"traces": 1, "steps": lane.steps - told[id(lane)]}
            told[id(lane)] = lane.steps
            with Path(path).open("a") as figures:
                figures.write(json.dumps({**fresh, "agreements": fresh["steps"]}) + "\n")

    def play(share: int) -> tuple[int, int, int]:
        try:
            with Lane(line, user) as lane:
                for seed in range(FIRST + share, FIRST + TRACES, LANES):
                    engine = engine_for(seed)
                    lane.replay(engine, walk(engine, seed), f"trace-{seed}")
                    tell(lane)
                return lane.played, lane.steps, lane.calls
        finally:
            connections.close_all()

    with ThreadPoolExecutor(LANES) as lanes:
        played = list(lanes.map(play, range(LANES)))
    traces, steps, calls = (sum(one) for one in zip(*played, strict=True))
    assert traces == TRACES
    assert steps > 8 * TRACES and calls > TRACES / 4, "traces in which nothing happens prove nothing"


A_WEEK_ON = ["time passes", "time passes", "time passes", "a campaign begins"]


def test_a_stop_counts_although_the_clock_was_set_back_after_a_start(lane: Lane) -> None:
    words = ["STOP", "time passes", "START", "the clock is set back", "STOP"]
    judged = ["0 claims 2 and 3 and 4", "0 judges 2", "0 judges 3", "0 judges 4"]
    end = lane.replay(Played(), [*words, *A_WEEK_ON, *judged], "set-back")
    assert end.rows[LATER].reason == "opted_out"


def test_a_consent_that_is_written_down_by_hand_lifts_no_stop(lane: Lane) -> None:
    papers = ["the export comes again", INSISTS]
    judged = ["0 claims 2 and 4", "0 judges 2", "0 judges 4"]
    end = lane.replay(Played(), ["STOP", *A_WEEK_ON, *papers, *judged], "by-hand")
    assert end.rows[LATER].reason == "opted_out"


def test_who_slept_past_the_lease_judges_nothing(lane: Lane) -> None:
    # Claimed at 19:30, judged "at 19:30" half an hour later, sent at 20:05.
    lane.replay(Played(), ["0 claims 0", "time passes", "time passes", "0 judges 0"], "slept")


def test_a_sender_that_is_stopped_in_the_middle_of_a_pass_sends_no_more(lane: Lane) -> None:
    first = ["0 claims 0 and 1", "0 judges 0", "0 calls about 0, the carrier is busy", "0 records 0"]
    lane.replay(Played(), [*first, "the sender is stopped", "0 judges 1"], "switch")


@pytest.mark.parametrize("meanwhile", [["1 claims 0"], []], ids=["claimed by another", "free again"])
def test_who_lost_a_claim_before_reading_it_is_fenced_off(lane: Lane, meanwhile: list[str]) -> None:
    lost = ["0 claims 0", "the lease of 0 runs out", *meanwhile, "0 judges 0"]
    lane.replay(Played(), lost, "unread")


def test_an_answer_that_is_recorded_days_after_its_touch_was_closed_breaks_nothing(lane: Lane) -> None:
    call = ["0 claims 0", "0 judges 0", "0 calls about 0, the carrier hangs up"]
    days = ["time passes", "time passes", "time passes", "time passes", "the lease of 0 runs out"]
    lane.replay(Played(), [*call, *days, "0 records 0"], "closed")


def test_a_receipt_that_overtakes_the_answer_is_told_of_once(lane: Lane) -> None:
    call = ["0 claims 0", "0 judges 0", "0 calls about 0, the carrier accepts", "0 is delivered", "0 records 0"]
    lane.replay(Played(), call, "overtaken")


def test_a_receipt_that_comes_after_its_touch_was_closed_is_told_of(lane: Lane) -> None:
    call = ["0 claims 0", "0 judges 0", "0 calls about 0, the carrier accepts and falls silent", "0 records 0"]
    days = ["time passes", "time passes", "time passes", "time passes", "0 is closed"]
    lane.replay(Played(), [*call, *days, "0 is delivered"], "late")


def test_a_claim_takes_no_more_than_it_was_asked_for(house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    for n in range(5):
        Touch.objects.create(
            workspace=house.workspace, contact=sarah, cause=f"{n}", purpose="marketing", channel="sms", body="hello",
            due=house.now - timedelta(hours=5 - n), expires_at=house.now + timedelta(days=1), planned_at=house.now,
        )  # fmt: skip
    with connections["default"].cursor() as cursor:  # the plan that PostgreSQL takes while the table is small or new
        cursor.execute("SET LOCAL enable_hashjoin = off")
        cursor.execute("SET LOCAL enable_mergejoin = off")
    assert len(claim(house.workspace.id, house.now, 2)) == 2
