"""The town's doors over real HTTP and SMTP: a carrier that looks like Kannel, receipts, inbound texts, the
post."""

from __future__ import annotations

import json
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from town.mail import open_post
from town.people import Residents
from town.play import Play
from town.server import Doors, open_doors
from town.world import World

ROOT = Path(__file__).resolve().parents[2]
START, DAY_AFTER = "2026-10-22T13:00:00+00:00", "2026-10-24T13:00:00+00:00"


class Practice(ThreadingHTTPServer):
    """Stands for the practice's doors: keeps what comes in."""

    daemon_threads = True

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        super().__init__(("127.0.0.1", 0), PracticeDoor)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class PracticeDoor(BaseHTTPRequestHandler):
    server: Practice

    def do_GET(self) -> None:  # noqa: N802
        split = urlsplit(self.path)
        self.server.calls.append((split.path, {name: values[0] for name, values in parse_qs(split.query).items()}))
        self._say(b"[]")

    def do_POST(self) -> None:  # noqa: N802
        self.server.calls.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self._say(b"{}")

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[None]:
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def practice() -> Iterator[Practice]:
    server = Practice()
    with serving(server):
        yield server


@pytest.fixture
def world() -> World:
    return World(Residents.load(ROOT / "town" / "people.json"), 3, None)


@pytest.fixture
def town(world: World, practice: Practice) -> Iterator[httpx2.Client]:
    play = Play(world)
    doors = Doors(world, play, lambda: {"counts": dict(world.counts)}, "town", "secret", 0.01, threading.Lock())
    server = open_doors(doors, 0)
    with (
        serving(server),
        httpx2.Client(base_url=f"http://127.0.0.1:{server.server_address[1]}", trust_env=False) as client,
    ):
        told = {
            "phone": "+14235550100",
            "email": "desk@harborpointhearing.example",
            "zone": "America/New_York",
        }
        urls = {f"{name}_url": f"{practice.url}/{name}" for name in ("mo", "outcomes", "appointments")}
        client.post(
            "/config", json={**urls, "practice": told, "start": START, "end": "2026-11-21T13:00:00+00:00"}
        ).raise_for_status()
        yield client
    play.close()


def config(practice: Practice) -> dict[str, Any]:
    told = {"phone": "+14235550100", "email": "desk@harborpointhearing.example", "zone": "America/New_York"}
    urls = {f"{name}_url": f"{practice.url}/{name}" for name in ("mo", "outcomes", "appointments")}
    return {**urls, "practice": told, "start": START, "end": "2026-11-21T13:00:00+00:00"}


@contextmanager
def running(ports: tuple[int, int], journal: Path) -> Iterator[tuple[httpx2.Client, subprocess.Popen[bytes]]]:
    """A town as a process of its own, which the block may kill."""
    wanted = [
        "--port",
        str(ports[0]),
        "--smtp-port",
        str(ports[1]),
        "--state",
        str(journal),
        "--seed",
        "3",
        "--stall",
        "0",
    ]
    process = subprocess.Popen([sys.executable, "-m", "town", *wanted], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()  # it says when its doors are open
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{ports[0]}", trust_env=False, timeout=30) as client:
            yield client, process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


def sendsms(town: httpx2.Client, **changed: str) -> httpx2.Response:
    said = {
        "username": "town",
        "password": "secret",
        "from": "+14235550100",
        "to": "+14235550101",
        "text": "Hello",
        "dlr-mask": "31",
    }
    return town.get("/cgi-bin/sendsms", params=said | changed)


def test_a_carrier_of_kannels_shape(town: httpx2.Client) -> None:
    accepted = sendsms(town)
    assert (accepted.status_code, accepted.text) == (202, "0: Accepted for delivery")
    assert sendsms(town, password="wrong").status_code == 403
    assert sendsms(town, to="").text == "Missing receiver number, rejected"


def test_receipts_carry_the_senders_key_and_the_status(town: httpx2.Client, practice: Practice, world: World) -> None:
    alive = [p for p in world.people.by_id.values() if not p.dead_number][:20]
    for person in alive:
        key = f"key-{person.id}"
        if not world.luck.happens(world.rates.stall, key, "stall"):
            sendsms(town, to=person.phone, **{"dlr-url": f"{practice.url}/dlr?id={key}&d=%d"})
    town.post("/clock", json={"now": DAY_AFTER}).raise_for_status()
    receipts = [said for path, said in practice.calls if path == "/dlr"]
    assert {said["d"] for said in receipts} == {"8", "1"}
    assert len({said["id"] for said in receipts}) >= 17


def test_two_in_a_hundred_are_accepted_without_an_answer(town: httpx2.Client, world: World) -> None:
    key = next(f"k{i}" for i in range(1000) if world.luck.happens(world.rates.stall, f"k{i}", "stall"))
    with pytest.raises(httpx2.HTTPError):
        sendsms(town, **{"dlr-url": f"http://127.0.0.1:1/dlr?id={key}&d=%d"})
    assert town.get("/received").json()[0]["key"] == key


def test_people_answer_at_the_door_that_the_config_named(town: httpx2.Client, practice: Practice, world: World) -> None:
    for person in world.people.by_id.values():
        sendsms(town, to=person.phone, text=f"Hi {person.first}")
    answer = town.post("/clock", json={"now": DAY_AFTER}).json()
    assert answer["fired"] > 10
    assert answer["next"] > DAY_AFTER
    texts = [said for path, said in practice.calls if path == "/mo"]
    truths = town.get("/truth/replies").json()
    assert {said["id"] for said in texts} == set(truths)
    assert all(
        said["from"].startswith("+1") and said["to"] == "+14235550100" and said["smsc"] == "town" for said in texts
    )


def test_an_alert_makes_the_front_desk_call_and_book(town: httpx2.Client, practice: Practice, world: World) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    post = open_post(world, port)
    try:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            for person in list(world.people.by_id.values())[:40]:
                alert = EmailMessage()
                alert["Subject"], alert["From"], alert["To"] = (
                    "Hot",
                    "rewarm@example.net",
                    "desk@harborpointhearing.example",
                )
                alert.set_content(f"{person.first} {person.last}, {person.phone}, would like to come in.")
                smtp.send_message(alert)
    finally:
        post.stop()
    town.post("/clock", json={"now": DAY_AFTER}).raise_for_status()
    booked = [said for path, said in practice.calls if path == "/outcomes" and said["kind"] == "booked"]
    assert 2 <= len(booked) <= 20
    assert all(said["starts_at"] > said["at"] for said in booked)


def test_a_town_killed_twice_goes_on_as_if_nothing_had_happened(
    practice: Practice, world: World, tmp_path: Path
) -> None:
    people = [person for person in world.people.by_id.values() if len(world.people.by_phone[person.phone]) == 1][:250]
    told: dict[str, Any] = {}
    for journal, kills in ((tmp_path / "calm", ()), (tmp_path / "killed", (80, 170))):
        practice.calls.clear()
        ports = free_ports()
        for first, last in pairwise((0, *kills, len(people))):
            with running(ports, journal) as (client, _):  # leaving the block is kill -9
                client.post("/config", json=config(practice)).raise_for_status()
                for person in people[first:last]:
                    with suppress(httpx2.HTTPError):  # two in a hundred are taken without an answer
                        sendsms(
                            client,
                            to=person.phone,
                            password="town",
                            **{"dlr-url": f"{practice.url}/dlr?id={person.id}&d=%d"},
                        )
                client.post("/clock", json={"now": START if last < len(people) else DAY_AFTER}).raise_for_status()
                told[journal.name] = client.get("/truth/replies").json(), len(client.get("/received").json())
    assert told["killed"] == told["calm"]
    assert told["calm"][1] == len(people)
