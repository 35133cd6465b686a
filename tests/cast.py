"""The cast of the stories: a practice, who works there, and the people whom it writes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.test import Client

from rewarm.actions.classify import classify
from rewarm.actions.enroll import launch
from rewarm.actions.found import Line, Practice, found
from rewarm.actions.turn import until_idle
from rewarm.models import Address, Appointment, Consent, Contact, Fact, Note, Sender, User, Workspace
from rewarm.models.due import next_due
from rewarm.models.scope import within
from tests.carrier import Carrier

# A Monday, eight in the morning in New York.
MONDAY = datetime(2026, 11, 2, 13, tzinfo=UTC)
WEEK = {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
SARAH, JOHN, GRACE, OMAR = "+12125550101", "+12125550102", "+12125550103", "+12125550104"


@dataclass
class House:
    """A practice with its clock in the test's hand."""

    workspace: Workspace
    carrier: Carrier
    priya: User
    now: datetime = MONDAY
    people: dict[str, Contact] = field(default_factory=dict)

    def contact(self, first: str, phone: str, **fields: Any) -> Contact:
        """Add a person who gave written consent to texts."""
        note, consent = fields.pop("note", ""), fields.pop("consent", "granted")
        person = Contact.objects.create(
            workspace=self.workspace, first_name=first, last_name=fields.pop("last", "Miller"), zip="10001", state="NY",
            reachable_sms=consent == "granted", **fields,
        )  # fmt: skip
        Address.objects.create(workspace=self.workspace, contact=person, channel="phone", address=phone)
        if consent != "unknown":
            Consent.objects.create(
                workspace=self.workspace, address=phone, channel="sms", act=consent, at=self.now - timedelta(days=400),
                recorded_at=self.now, source="web form", cause=f"test:{phone}",
                evidence=self.evidence() if consent == "granted" else None,
            )  # fmt: skip
        if note:
            self.note(person, note)
        self.people[first] = person
        return person

    def evidence(self) -> Any:
        from rewarm.models import Evidence

        return Evidence.objects.get_or_create(
            workspace=self.workspace, source="web form", channel="sms", disclosure="I agree to texts.",
            disclosure_sha256="0" * 64, attached_by=self.priya, defaults={"attached_at": self.now},
        )[0]  # fmt: skip

    def note(self, person: Contact, text: str, kind: str = "concern") -> Fact:
        """Write a note that is one fact from end to end."""
        written = Note.objects.create(workspace=self.workspace, contact=person, text=text, digest=text[:60])
        return Fact.objects.create(
            workspace=self.workspace, contact=person, note=written, kind=kind, start=0, end=len(text), quote=text,
            sensitivity=1, said_on=date(2026, 1, 10),
        )  # fmt: skip

    def launch(self, segment: str, holdout: str = "0", journey: str = "reactivation") -> Any:
        from decimal import Decimal

        classify(self.workspace, self.now)
        return launch(
            self.workspace,
            segment=segment,
            journey_slug=journey,
            holdout=Decimal(holdout),
            per_day=100,
            now=self.now,
        )

    def work(self) -> None:
        """Do all that is due now."""
        until_idle(self.workspace, self.now)

    def pass_time(self, span: timedelta) -> None:
        """Let time pass from one due instant to the next, as the play does."""
        end = self.now + span
        self._set(self.now)
        self.work()
        while (due := next_due(self.workspace.id)) is not None and due <= end:
            self._set(max(due, self.now + timedelta(seconds=1)))
            self.work()
        self._set(end)
        self.work()

    def until_text(self, phone: str, patience: timedelta = timedelta(days=5)) -> str:
        """Let time pass until this phone gets another text, and return it."""
        before, end = len(self.carrier.to(phone)), self.now + patience
        while len(self.carrier.to(phone)) == before:
            due = next_due(self.workspace.id)
            assert due is not None and due <= end, f"nothing was sent to {phone} within {patience}"
            self._set(max(due, self.now))
            self.work()
        return self.carrier.to(phone)[-1]

    def says(self, phone: str, text: str, key: str = "") -> None:
        """Let a person text us, through the webhook."""
        sender = Sender.objects.get(workspace=self.workspace, slug="text")
        self._set(self.now)
        answer = Client().get(
            f"/hooks/carrier/{self.workspace.id}/{sender.secret}/mo",
            {
                "from": phone,
                "to": self.workspace.phone,
                "text": text,
                "id": key or f"{phone}:{self.now}:{text}",
            },
        )
        assert answer.status_code == 200, answer.content

    def reported(self, touch: UUID, status: int) -> None:
        """Let the carrier send a delivery receipt."""
        sender = Sender.objects.get(workspace=self.workspace, slug="text")
        answer = Client().get(
            f"/hooks/carrier/{self.workspace.id}/{sender.secret}/dlr",
            {"id": str(touch), "status": str(status)},
        )
        assert answer.status_code == 200, answer.content

    def visit_of(self, name: str) -> Appointment | None:
        return Appointment.objects.filter(contact=self.people[name]).exclude(state="cancelled").first()

    def _set(self, now: datetime) -> None:
        self.now = now
        Workspace.objects.filter(id=self.workspace.id).update(clock_at=now)


def open_house(carrier: Carrier, slug: str = "harbor", now: datetime = MONDAY) -> House:
    """Found the practice of the stories; the caller works `within` it."""
    priya = User.objects.create_user(f"priya@{slug}.example", name="Priya Raman", password="open sesame please")
    workspace = found(
        Practice(
            slug=slug, kind=Workspace.TOWN, name="Harbor Point Hearing", legal_name="Harbor Point Hearing LLC",
            zone="America/New_York", phone="+12125550199", email="", postal_address="1 Pier St, New York, NY 10001",
            public_url="http://testserver", clinicians={"Dr. Lee": WEEK},
            profile={
                "sender_name": "Priya", "phone_spoken": "(212) 555-0199", "price_from": "$1,400", "price_to": "$4,800",
                "hours": "Monday to Friday, 9 to 5", "address": "1 Pier St",
            },
            lines=[
                Line(
                    "text", "sms", "town", "+12125550199", "Harbor Point",
                    {"url": carrier.url, "username": "u", "password": "p", "callbacks": "http://testserver", "timeout": 2.0},
                )
            ],
        ),
        owner=priya,
        now=now,
    )  # fmt: skip
    house = House(workspace, carrier, priya, now)
    with within(workspace.id):
        house._set(now)
    return house
