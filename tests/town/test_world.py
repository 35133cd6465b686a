"""The town's memory: a killed town goes on where it was, and does nothing twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from town.lines import load
from town.people import Residents
from town.world import World

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 10, 22, 13, 0, tzinfo=UTC)
CONFIG: dict[str, Any] = {
    "in": "config",
    "mo_url": "http://127.0.0.1:1/mo",
    "outcomes_url": "http://127.0.0.1:1/outcomes",
    "appointments_url": "http://127.0.0.1:1/appointments",
    "practice": {
        "phone": "+14235550100",
        "email": "desk@harborpointhearing.example",
        "zone": "America/New_York",
    },
    "start": START.isoformat(),
    "end": (START + timedelta(days=30)).isoformat(),
}


@pytest.fixture(scope="module")
def people() -> Residents:
    return Residents.load(ROOT / "town" / "people.json")


def write_to_everybody(world: World, at: datetime, round_: int) -> None:
    for person in world.people.by_id.values():
        dlr = f"http://127.0.0.1:1/dlr?id={person.id}-{round_}&d=%d"
        body = f"Hi {person.first}, is it any easier now? ({round_})"
        world.write(
            {
                "in": "sms",
                "at": at.isoformat(),
                "key": f"{person.id}-{round_}",
                "to": person.phone,
                "text": body,
                "dlr": dlr,
            }
        )


def play_until(world: World, now: datetime) -> None:
    """Fire everything in memory: each call of the town is answered with a 200."""
    while batch := world.take(now):
        world.write({"in": "clock", "now": batch[0].due.isoformat()})
        for event in batch:
            skipped = {} if world.wanted(event) else {"skipped": True}
            world.write({"in": "fired", "id": event.id, "at": event.due.isoformat()} | skipped)


@contextmanager
def opened(people: Residents, journal: Path) -> Iterator[World]:
    world = World(people, 3, journal)
    try:
        yield world
    finally:
        world.close()


def state(world: World) -> tuple[Any, ...]:
    return (
        world.now,
        sorted(world.agenda.waiting),
        world.agenda.done,
        world.log,
        world.truths,
        world.counts,
        world.moods,
    )


def test_a_killed_town_remembers_everything(people: Residents, tmp_path: Path) -> None:
    journal = tmp_path / "town.journal"
    with opened(people, journal) as world:
        world.write(CONFIG)
        write_to_everybody(world, START, 1)
        play_until(world, START + timedelta(days=2))
        with opened(people, journal) as again:
            assert state(again) == state(world)


def test_a_line_cut_by_the_kill_is_forgotten(people: Residents, tmp_path: Path) -> None:
    journal = tmp_path / "town.journal"
    with opened(people, journal) as world:
        world.write(CONFIG)
    with journal.open("a") as file:
        file.write('{"in": "clock", "now": "2026-1')
    with opened(people, journal) as again:
        assert state(again) == state(world)
        again.write({"in": "clock", "now": START.isoformat()})
    with opened(people, journal) as third:
        assert third.now == START


def test_the_order_of_arrival_changes_nobodys_luck(people: Residents) -> None:
    def heard(order: int) -> dict[str, Any]:
        world = World(people, 3, None)
        world.write(CONFIG)
        singles = [p for p in people.by_id.values() if not p.rows or len(people.by_phone[p.phone]) == 1]
        for person in singles[::order]:
            world.write(
                {
                    "in": "sms",
                    "at": START.isoformat(),
                    "key": person.id,
                    "to": person.phone,
                    "text": "Hello",
                    "dlr": "",
                }
            )
        play_until(world, START + timedelta(days=3))
        return world.truths

    assert heard(1) == heard(-1)


def test_a_call_that_failed_comes_again_with_the_same_id(people: Residents) -> None:
    world = World(people, 3, None)
    world.write(CONFIG)
    write_to_everybody(world, START, 1)
    batches = iter(lambda: world.take(START + timedelta(days=1)), [])
    first = next(event for batch in batches for event in batch if event.kind == "receipt")
    world.write({"in": "failed", "id": first.id, "at": first.due.isoformat(), "status": 0})
    assert world.agenda.waiting[first.id].due == first.due + timedelta(minutes=5)
    assert world.agenda.waiting[first.id].body == first.body


def test_a_key_accepted_twice_is_counted(people: Residents) -> None:
    world = World(people, 3, None)
    world.write(CONFIG)
    write_to_everybody(world, START, 1)
    write_to_everybody(world, START, 1)
    assert set(world.keys.values()) == {2}


def test_thirty_days_are_lively_and_believable(people: Residents) -> None:
    world = World(people, 3, None)
    world.write(CONFIG)
    for round_, day in enumerate((0, 4, 9, 14)):
        play_until(world, START + timedelta(days=day))
        write_to_everybody(world, START + timedelta(days=day, hours=round_), round_)
    play_until(world, START + timedelta(days=31))
    meanings = Counter(truth["intents"][0] for truth in world.truths.values())
    assert 120 <= sum(meanings.values()) <= 320
    assert 20 <= meanings["opt_out"] <= 90
    assert 5 <= world.counts["booked"] <= 30  # by phone, unprompted; nobody answered the texts
    assert len({truth["text"] for truth in world.truths.values()}) > 0.6 * len(world.truths)


def test_every_line_is_hand_written_once_a_file() -> None:
    lines = load()
    assert sum(map(len, lines.values())) >= 300
    assert len(lines["opt_out"]) >= 40
    for meaning, found in lines.items():
        assert len({line.text for line in found}) == len(found), meaning
        assert all(line.intents for line in found)


def test_one_in_twenty_lives_in_another_zone_than_the_number(people: Residents) -> None:
    told = json.loads((ROOT / "town" / "people.json").read_text("utf-8"))
    assert sum(one["zone"] != one["area_zone"] for one in told) / len(told) >= 0.05
    assert len({one["phone"][2:5] for one in told}) >= 12
    assert all("0100" <= one["phone"][-4:] <= "0199" and one["phone"][5:8] == "555" for one in told)
    assert 0.65 <= sum(one["citable"] for one in told) / len(told) <= 0.75
