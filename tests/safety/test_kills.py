"""A play that is killed again and again ends like one that was not: nothing lost, nothing twice, nobody after their no.

The conductor dies with SIGKILL at random instants and between intent and record, PostgreSQL's postmaster on its own; each
time the same home goes on. The town's journal and its checker, which know nothing of our rows, are the other side of the
books.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.safety.rehearsal import ROOT, Rehearsal
from town.checker import Checker
from town.people import Residents, canonical
from town.world import World

START, DAYS = date(2026, 10, 26), 5  # Monday to Friday
DEADLY_DAYS = 3  # the first ones: after the last blow there is still enough to say to be caught in the middle of it
IN_THE_LAUNCH, AT_RANDOM, HALFWAY, POSTGRES = 1, 5, 4, 2
# More lost answers than in the demo, so that more is in the air when the blow falls.
STALL_SHARE = "0.1"

IN_THE_AIR = "SELECT EXISTS (SELECT FROM rewarm_touch WHERE state = 'dispatching')"
LAUNCHING = "SELECT count(*) BETWEEN 2 AND 7 FROM rewarm_campaign"
LAUNCHED = "SELECT EXISTS (SELECT FROM rewarm_workspace WHERE profile ? 'launched')"
PAST = "SELECT clock_at > %s FROM rewarm_workspace"
# What a restart writes about a call that a dead conductor had begun and never recorded.
FOUND_IN_THE_AIR = """
SELECT recorded_at, substr(cause, 7) AS key FROM rewarm_event
WHERE kind = 'sending_unknown' AND data ->> 'reason' = 'worker lost between call and record' ORDER BY recorded_at
"""


@dataclass
class Books:
    """Both sides after the last life: our rows, the town's memory, the summary that the play printed."""

    rows: psycopg.Connection[Any]
    town: World
    checker: Checker
    summary: dict[str, Any]
    kills: Counter[str]
    killed_at: list[datetime]

    def all(self, query: str) -> list[Any]:
        return self.rows.execute(query.encode()).fetchall()

    def one(self, query: str) -> Any:
        return self.all(query)[0][0]

    def column(self, query: str) -> list[Any]:
        return [row[0] for row in self.all(query)]

    @property
    def accepted(self) -> set[str]:
        """The keys of the texts that the carrier took."""
        return {key for key in self.town.keys if key}


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def books() -> Iterator[Books]:
    home = Path(tempfile.mkdtemp(prefix="rewarm-kills-"))
    home.chmod(0o711)  # the database server runs as a user of its own and has to walk through
    play = Rehearsal(home, START, DAYS)
    try:
        kills, killed_at = _kill_again_and_again(play)
        summary = play.end()
        people = Residents.load(ROOT / "town" / "people.json")
        town = World(people, 1, play.home / "town.journal")
        town.close()
        checker = Checker(people, ROOT / "rewarm" / "demo", [ROOT / "rewarm" / "packs"])
        with play.books() as rows:
            yield Books(rows, town, checker, summary, kills, killed_at)
    finally:
        if play.process is not None and play.process.poll() is None:
            play.kill()
        shutil.rmtree(home, ignore_errors=True)  # the server may still be on its way out


def _kill_again_and_again(play: Rehearsal) -> tuple[Counter[str], list[datetime]]:
    """Play to a random instant of the days, kill, play on; each life gets further than the one before.

    Returns how often each kind of blow fell, and when the conductor was killed.
    """
    luck = random.Random(os.environ.get("REWARM_KILLS_SEED", "kills"))
    blows = ["at random"] * AT_RANDOM + ["halfway"] * HALFWAY + ["postgres"] * POSTGRES
    luck.shuffle(blows)
    kills: Counter[str] = Counter()
    killed_at: list[datetime] = []
    play.begin(TOWN_STALL_SHARE=STALL_SHARE)
    play.until(LAUNCHING)
    for blow, instant in [("in the launch", None), *zip(blows, _instants(len(blows), luck), strict=True)]:
        if instant is not None:
            play.until(LAUNCHED)
            play.until(PAST, max(instant, play.clock()))
        if blow == "halfway":
            _catch_a_call(play)
        kills[blow] += 1
        if blow == "postgres":
            play.kill_postgres()
        else:
            play.kill()
            killed_at.append(datetime.now(UTC))
            play.begin(TOWN_STALL_SHARE=STALL_SHARE)
    return kills, killed_at


def _catch_a_call(play: Rehearsal) -> None:
    """Wait until a call has been in the air for a while: the carrier has the text, and nobody has written that down."""
    play.until(IN_THE_AIR)
    time.sleep(0.05)
    while not play.holds(IN_THE_AIR):
        play.until(IN_THE_AIR)
        time.sleep(0.05)


def _instants(count: int, luck: random.Random) -> list[datetime]:
    """Draw instants of the busy hours, in order; whole days do most of their work in the morning."""
    morning = datetime(START.year, START.month, START.day, 13, 30, tzinfo=UTC)  # half past nine in New York
    return sorted(morning + timedelta(days=luck.randrange(DEADLY_DAYS), hours=luck.uniform(0, 8)) for _ in range(count))


def test_it_was_killed_often_enough(books: Books) -> None:
    assert len(books.killed_at) == IN_THE_LAUNCH + AT_RANDOM + HALFWAY >= 10
    assert books.kills["postgres"] == POSTGRES >= 2


def test_three_kills_fell_between_intent_and_record(books: Books) -> None:
    found = books.all(FOUND_IN_THE_AIR)
    lives = zip(books.killed_at, [*books.killed_at[1:], datetime.max.replace(tzinfo=UTC)], strict=True)
    proven = sum(any(begun < at < ended for at, _ in found) for begun, ended in lives)
    assert proven >= 3, f"{proven} of {len(books.killed_at)} kills left a call without its record"
    assert books.accepted & {key for _, key in found}, "some of those calls had reached the carrier"


def test_every_touch_is_accounted_for(books: Books) -> None:
    said = books.summary
    assert said["planned"] == said["sent"] + said["pending"] + sum(said["suppressed"].values()) + said["failed"]
    states = Counter(books.column("SELECT state FROM rewarm_touch"))
    assert said["planned"] == sum(states.values())
    assert said["sent"] == states["sent"] + states["closed"]
    assert not states["leased"] and not states["dispatching"], "a touch stuck in the hands of a dead conductor"


def test_the_carrier_accepted_no_key_twice(books: Books) -> None:
    assert [key for key, times in books.town.keys.items() if key and times > 1] == []
    letters = Counter(entry["key"] for entry in books.town.log if entry["in"] == "mail")
    assert max(letters.values()) == 1


def test_nobody_got_the_same_words_twice_or_anything_after_no(books: Books) -> None:
    assert books.summary["duplicates"] == 0, books.summary["findings"]
    assert books.summary["after_opt_out"] == 0, books.summary["findings"]


def test_no_marketing_in_quiet_hours(books: Books) -> None:
    marketing = {str(key) for key in books.column("SELECT id FROM rewarm_touch WHERE purpose = 'marketing'")}
    late = [one for one in books.checker.outside_quiet_hours(books.town.log) if one["key"] in marketing]
    assert late == []


def test_our_rows_and_the_carriers_journal_agree(books: Books) -> None:
    texts = {str(key): state for key, state in books.all("SELECT id, state FROM rewarm_touch WHERE channel = 'sms'")}
    strange = {key: texts.get(key) for key in books.accepted if texts.get(key) not in ("sent", "unknown", "closed")}
    assert strange == {}, "the carrier has texts that we do not know to have left"
    proven = {key for key, state in texts.items() if state == "sent"}
    assert proven - books.accepted == set(), "we call texts sent that the carrier never had"


def test_unknowns_are_settled_or_still_waited_for(books: Books) -> None:
    end = books.one("SELECT max(clock_at) FROM rewarm_workspace")
    receipts = {id.removeprefix("dlr-")[:36] for id in books.town.agenda.done if id.startswith("dlr-")}
    for key, at in books.all("SELECT id, dispatched_at FROM rewarm_touch WHERE state = 'unknown'"):
        assert end - at < timedelta(hours=72)
        assert str(key) not in receipts, "a receipt came and the touch is still in doubt"


def test_nobody_is_stuck(books: Books) -> None:
    assert books.one("SELECT count(*) FROM rewarm_enrollment WHERE status <> 'ended' AND due IS NULL") == 0
    end = "(SELECT clock_at FROM rewarm_workspace)"
    assert books.one(f"SELECT count(*) FROM rewarm_enrollment WHERE status <> 'ended' AND due <= {end}") == 0
    assert books.one(f"SELECT count(*) FROM rewarm_touch WHERE state = 'planned' AND due <= {end}") == 0
    assert books.one(f"SELECT count(*) FROM rewarm_conversation WHERE due <= {end}") == 0
    # Whoever waits for a touch has one in flight.
    assert (
        books.column("""
        SELECT e.id FROM rewarm_enrollment e WHERE e.waits_for = 'touch' AND NOT EXISTS (
          SELECT FROM rewarm_touch t WHERE t.enrollment_id = e.id AND t.step = e.step - 1 AND t.round = e.round
          AND t.state = 'planned')""")
        == []
    )


def test_no_reply_is_lost(books: Books) -> None:
    ours = Counter(books.column("SELECT provider_id FROM rewarm_message WHERE direction = 'in' AND channel = 'sms'"))
    assert set(books.town.truths) <= set(ours), "the town was told 200 for a text that we do not have"
    assert max(ours.values()) == 1
    assert (
        books.one("""
        SELECT count(*) FROM rewarm_message m WHERE direction = 'in' AND read_at IS NULL AND contact_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM rewarm_conversation c WHERE c.contact_id = m.contact_id AND c.due IS NOT NULL)
        """)
        == 0
    )


def test_every_opt_out_stands_in_the_ledger_and_is_kept(books: Books) -> None:
    assert (
        books.column("""
        SELECT m.id FROM rewarm_message m WHERE m.reading -> 'intents' ->> 0 = 'opt_out' AND NOT EXISTS (
          SELECT FROM rewarm_consent c WHERE c.address = m.address AND c.act = 'opted_out')""")
        == []
    )
    marketing = {str(key) for key in books.column("SELECT id FROM rewarm_touch WHERE purpose = 'marketing'")}
    said = {canonical(one["from"]): one["at"] for one in books.town.log if one["in"] == "said" and one["out"] == "sms"}
    assert said, "in three days somebody says stop"
    late = [
        one for one in books.town.log
        if one["in"] == "sms" and one["key"] in marketing and one["at"] > said.get(canonical(one["to"]), one["at"])
    ]  # fmt: skip
    assert late == []


def test_visits_are_booked_once(books: Books) -> None:
    assert books.column("SELECT cause FROM rewarm_appointment GROUP BY 1 HAVING count(*) > 1") == []
    assert (
        books.column("""
        SELECT a.id FROM rewarm_appointment a JOIN rewarm_appointment b ON a.clinician_id = b.clinician_id AND a.id < b.id
        WHERE a.state <> 'cancelled' AND b.state <> 'cancelled' AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
        """)
        == []
    )
    assert (
        books.column("""
        SELECT contact_id FROM rewarm_appointment WHERE state IN ('booked', 'confirmed') AND booked_by = 'assistant'
        GROUP BY 1 HAVING count(*) > 1""")
        == []
    )
    by_phone = {cause.removeprefix("report:") for cause in books.column(
        "SELECT cause FROM rewarm_appointment WHERE booked_by = 'phone'")}  # fmt: skip
    told = {id.removeprefix("visit-") for id in books.town.agenda.done if id.startswith("visit-")}
    assert by_phone <= told, "a visit that nobody reported"


def test_the_practice_was_founded_once(books: Books) -> None:
    assert books.one("SELECT count(*) FROM rewarm_workspace") == 1
    assert books.one("SELECT count(*) FROM rewarm_import WHERE finished_at IS NOT NULL") == 1
    assert books.column("SELECT segment FROM rewarm_campaign GROUP BY 1 HAVING count(*) > 1") == []
    assert books.one("SELECT count(*) FROM rewarm_campaign") == books.one("SELECT count(*) FROM rewarm_segment")
