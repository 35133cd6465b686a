"""A file of the front desk becomes people, refusals and claims, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rewarm.actions.attach_evidence import attach_evidence
from rewarm.actions.import_contacts import Upload, carry_out, import_contacts, rejects_csv, take_in
from rewarm.adapters.crm.planning import Practice
from rewarm.cli.import_ import rolled_back
from rewarm.models import Address, Candidate, Consent, Contact, Fact, Import, ImportRow, Note, Source

NOW = datetime(2026, 11, 2, 13, tzinfo=UTC)
DAY = date(2026, 11, 2)

DESK = Upload(
    "Desk_2026-11-01.csv",
    b"Client ID,First Name,Last Name,Mobile,Email,Date Added,Do Not Text,Texting Consent Date,Remarks\r\n"
    b"a1,Sarah,Miller,212-226-0101,sarah.miller@posteo.net,10/03/2026,,10/04/2026,wants something discreet for work\r\n"
    b"a2,John,Ortiz,(212) 226-0102,john.ortiz@posteo.net,9/25/2026,Yes,9/25/2026,\r\n"
    b"a3,Omar,Haddad,212.226.0103,omar.haddad@posteo.net,8/1/2026,,,asked us to stop emailing him\r\n"
    b"a4,Grace,Lindholm,,=HYPERLINK(1),7/9/2026,,,=1+1\r\n",
)
PHONE = Upload(
    "phone.vcf",
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Miller;Sally;;;\r\nFN:Sally Miller\r\nTEL;TYPE=CELL:+12122260101\r\nEND:VCARD\r\n"
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Miller;Tom;;;\r\nFN:Tom Miller\r\nTEL;TYPE=HOME:+12122260101\r\nEND:VCARD\r\n",
)


def run(house: Any, *files: Upload, now: datetime = NOW) -> Any:
    return import_contacts(house.workspace, files, as_of=DAY, by=house.priya, now=now)


@pytest.fixture
def practice(house: Any) -> Any:
    """The practice with real numbers allowed: those of the cast are 555s of the town."""
    Contact.objects.filter(workspace=house.workspace).delete()
    return house


def test_people_come_in_with_addresses_notes_and_facts(practice: Any) -> None:
    done = run(practice, DESK, PHONE)
    assert (done.created, done.quarantined) == (4, 1)
    sarah = Contact.objects.get(first_name="Sarah")
    assert sarah.inquired_on == date(2026, 10, 3)
    assert {one.address for one in sarah.addresses.all()} == {"+12122260101", "sarah.miller@posteo.net"}
    assert sarah.sources.count() == 2, "Sally on the address book is Sarah"
    assert Note.objects.get(contact=sarah).text == "wants something discreet for work"
    assert Fact.objects.filter(contact=sarah).exists()


def test_a_household_shares_a_phone_and_stays_two_people(practice: Any) -> None:
    run(practice, DESK, PHONE)
    sarah, tom = Contact.objects.get(first_name="Sarah"), Contact.objects.get(first_name="Tom")
    assert sarah.household == tom.household is not None
    assert Address.objects.filter(address="+12122260101").count() == 2


def test_a_refusal_reaches_the_ledger_whatever_else_was_said(practice: Any) -> None:
    run(practice, DESK)
    told = set(Consent.objects.values_list("address", "channel", "act"))
    assert ("+12122260102", "sms", "denied") in told
    assert ("omar.haddad@posteo.net", "email", "denied") in told
    assert not Consent.objects.filter(act="granted").exists()
    assert set(Candidate.objects.values_list("address", flat=True)) == {"+12122260101"}


def test_consent_rises_only_by_evidence(practice: Any) -> None:
    (source,) = run(practice, DESK).evidence_sources
    assert (source.channel, source.contacts) == ("sms", 1)
    attach = {"source": source, "disclosure": "I agree to texts.", "by": practice.priya, "now": NOW}
    assert attach_evidence(practice.workspace, **attach, valid_from=date(2026, 10, 5)) == 0
    assert attach_evidence(practice.workspace, **attach) == 1
    granted = Consent.objects.get(act="granted")
    assert (granted.address, granted.actor_id, granted.at.date()) == (
        "+12122260101",
        practice.priya.id,
        date(2026, 10, 4),
    )


def test_the_same_files_again_write_nothing(practice: Any) -> None:
    run(practice, DESK, PHONE)
    before = _counts()
    again = run(practice, PHONE, DESK, now=NOW + timedelta(days=1))
    assert again.written == 0
    assert _counts() == before
    assert again.in_words().startswith("Nothing new")


def test_the_same_rows_under_another_name_write_nothing(practice: Any) -> None:
    run(practice, DESK)
    before = {**_counts(), "imports": 2, "held": 4}
    again = run(practice, Upload("Desk_2026-12-01.csv", DESK.content + b"\r\n"), now=NOW + timedelta(days=1))
    assert again.written == 0
    assert {**_counts(), "held": 4} == before


def test_a_later_file_changes_only_what_differs(practice: Any) -> None:
    run(practice, DESK)
    later = DESK.content.replace(b"a3,Omar,Haddad,212.226.0103", b"a3,Omar,Haddad,212 226 0199")
    done = run(practice, Upload("Desk_2026-12-01.csv", later))
    assert (done.created, done.changed) == (0, 0)
    omar = Contact.objects.get(first_name="Omar")
    assert {one.address for one in omar.addresses.filter(channel="phone")} == {"+12122260103", "+12122260199"}


def test_a_new_address_of_someone_who_refused_is_closed_too(practice: Any) -> None:
    run(practice, DESK)
    later = b"Client ID,First Name,Last Name,Mobile,Email\r\na9,John,Ortiz,212-226-0102,john@ortiz.example.net\r\n"
    more = later.replace(b"212-226-0102", b"212-226-0102 / 212-226-0188")
    run(practice, Upload("More.csv", more))
    assert Consent.objects.filter(address="+12122260188", channel="sms", act="denied").exists()


def test_two_offices_that_number_alike_keep_their_people(practice: Any) -> None:
    run(practice, DESK)
    other = DESK.content.replace(b"Sarah,Miller,212-226-0101,sarah.miller", b"Ines,Vogel,212-226-0177,ines.vogel")
    run(practice, Upload("Other_office.csv", other))
    assert Contact.objects.filter(last_name__in=["Miller", "Vogel"]).count() == 2


def test_rows_held_back_come_out_as_csv_without_formulas(practice: Any) -> None:
    done = run(practice, DESK)
    (held,) = ImportRow.objects.filter(outcome="quarantined")
    assert (held.row, held.reason) == (5, "no_channel")
    text = rejects_csv(Import.objects.get(id=done.batch))
    assert "'=HYPERLINK(1)" in text
    assert "'=1+1" in text


def test_an_import_taken_in_by_the_page_is_carried_out_once(practice: Any) -> None:
    batch = take_in(practice.workspace, [DESK], by=practice.priya, as_of=DAY, now=NOW)
    assert carry_out(practice.workspace, batch.id, NOW).created == 3
    before = _counts()
    assert carry_out(practice.workspace, batch.id, NOW).written == 0
    assert _counts() == before
    batch.refresh_from_db()
    assert (batch.counts["created"], batch.done) == (3, 4)


def test_a_dry_run_does_everything_and_takes_it_back(practice: Any, tmp_path: Path) -> None:
    path = tmp_path / DESK.name
    path.write_bytes(DESK.content)
    before = _counts()
    for slug in ("", practice.workspace.slug):
        plan = rolled_back([path], slug, Practice(), DAY)
        assert len(plan.contacts) == 3
        assert _counts() == before


def _counts() -> dict[str, int]:
    return {
        "contacts": Contact.objects.count(),
        "addresses": Address.objects.count(),
        "consent": Consent.objects.count(),
        "candidates": Candidate.objects.count(),
        "notes": Note.objects.count(),
        "sources": Source.objects.count(),
        "imports": Import.objects.count(),
        "held": ImportRow.objects.count(),
    }
