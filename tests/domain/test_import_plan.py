"""What an import of several files would change."""

from __future__ import annotations

from datetime import date

import pytest

from rewarm.domain.import_answer import answer
from rewarm.domain.import_consent import Channel
from rewarm.domain.import_plan import ImportPlan
from rewarm.domain.merging import ImportedContact
from tests.domain.import_cast import TODAY, planned, sheet

HEADER = (
    "ID", "First Name", "Last Name", "Phone", "Email", "Do Not Text", "DND", "SMS Opt-In", "Email OK", "Text Consent Date",
    "Tags",
    "Notes",
)  # fmt: skip


def one(**cells: str) -> ImportedContact:
    row = {"First Name": "Sarah", "Last Name": "Miller", "Phone": "212-226-0101", "Email": "s@posteo.net"} | {
        key.replace("_", " "): value for key, value in cells.items()
    }
    (contact,) = planned(sheet("x.csv", HEADER, tuple(row.get(name, "") for name in HEADER))).contacts
    return contact


@pytest.mark.parametrize(
    ("cells", "denied"),
    [
        ({"Do_Not_Text": "X"}, "sms"), ({"Do_Not_Text": "10/1/2026"}, "sms"), ({"Do_Not_Text": "No"}, ""),
        ({"Do_Not_Text": "0"}, ""),
        ({"DND": "All"}, "sms call email"), ({"DND": "Email"}, "email"), ({"DND": "STOP"}, "sms"),
        ({"DND": "Unsubscribed (Calls)"}, "call"),
        ({"DND": "true"}, "sms call email"), ({"DND": "false"}, ""), ({"Email OK": "N"}, "email"),
        ({"Tags": "vip, sms opt-out"}, "sms"),
        ({"Tags": "dnd"}, "sms call email"), ({"Notes": "pt asked us not to text her"}, "sms"),
        ({"Notes": "husband passed away"}, ""),
        ({"Notes": "do not contact, lawyer"}, "sms call email"), ({"Do_Not_Text": "Yes",
        "Text_Consent_Date": "10/1/2026"}, "sms"),
    ],
)  # fmt: skip
def test_a_no_counts_wherever_it_stands(cells: dict[str, str], denied: str) -> None:
    contact = one(**cells)
    assert {channel for channel, verdict in contact.consent.items() if verdict == "denied"} == set(denied.split())


@pytest.mark.parametrize(
    ("cells", "channel", "verdict"),
    [
        ({"Text_Consent_Date": "10/1/2026"}, "sms", "granted"), ({"Text_Consent_Date": "1/1/1900"}, "sms", "unknown"),
        ({"Text_Consent_Date": "10/1/2027"}, "sms", "unknown"), ({"SMS_Opt-In": "Yes - web form 2026-10-01"}, "sms", "granted"),
        ({"SMS_Opt-In": "Yes"}, "sms", "unknown"), ({"SMS_Opt-In": "Unchecked"}, "sms", "unknown"),
        ({"Email_OK": "Y"}, "email", "unknown"),
        ({"SMS_Opt-In": "declined on form 10/1/2026"}, "sms", "denied"),
    ],
)  # fmt: skip
def test_a_yes_needs_the_channel_and_when_or_how(cells: dict[str, str], channel: Channel, verdict: str) -> None:
    cells = {key.replace("_", " ").replace("SMS Opt", "SMS Opt"): value for key, value in cells.items()}
    got = one(**cells).consent[channel]
    assert got == verdict or (verdict == "unknown" and cells.get("SMS Opt-In") == "Unchecked" and got == "denied")


def test_a_default_no_of_a_whole_column_is_no_refusal() -> None:
    rows = [
        ("", f"N{n}", "Miller", f"212-226-01{n:02}", "", "", "", "No" if n % 2 else "", "", "", "", "")
        for n in range(30)
    ]
    assert {contact.consent["sms"] for contact in planned(sheet("x.csv", HEADER, *rows)).contacts} == {"unknown"}


def test_a_denial_closes_the_address_for_whoever_shares_it_even_from_a_row_held_back() -> None:
    rows = [
        ("1", "Sarah", "Miller", "212-226-0101", "", "Yes"), ("2", "Tom", "Miller", "212-226-0101", "", ""),
        ("3", "Test", "Patient", "212-226-0109", "", "Yes"),
    ]  # fmt: skip
    found = planned(sheet("x.csv", HEADER, *[(*row, *[""] * 6) for row in rows]))
    assert [contact.consent["sms"] for contact in found.contacts] == ["denied", "unknown"]
    assert found.closed == {"+12122260101": ("sms",), "+12122260109": ("sms",)}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("1", "Sarah", "Miller", "", "none"), "no_channel"), (("1", "Test", "Test", "212-226-0101", ""), "test_record"),
        (("1", "ZZTest", "Do Not Use", "212-226-0101", ""), "test_record"), (("1", "", "Harbor Supply Inc.",
        "212-226-0101", ""), "organisation"),
        (("1", "Sarah", "Miller", "NY", "10001", "s@posteo.net", "212-226-0101"), "shifted_columns"),
    ],
)  # fmt: skip
def test_rows_are_held_back_with_the_reason(row: tuple[str, ...], reason: str) -> None:
    header = ("ID", "First Name", "Last Name", "Phone", "Email", "State", "Zip")
    good = ("9", "Grace", "Lindholm", "212-226-0109", "", "NY", "10001")
    found = planned(sheet("x.csv", header, good, (*row, *[""] * (7 - len(row)))))
    assert [(held.key, held.reason) for held in found.rejected] == [(("x.csv", 3), reason)]
    assert len(found.contacts) == 1


def test_the_dead_are_denied_everything() -> None:
    contact = one(Notes="pt passed away in May, per dtr")
    assert contact.deceased
    assert set(contact.consent.values()) == {"denied"}
    assert contact.fields.deceased_on == TODAY


def test_dates_of_all_rows_are_merged() -> None:
    header = ("Name", "Phone", "Date Added", "Last Visit", "Visit Outcome", "Next Appt", "Last Hearing Test")
    found = planned(
        sheet("a.csv", header, ("Sarah Miller", "212-226-0101", "3/1/2025", "4/1/2025", "No Show", "12/24/2026", "")),
        sheet(
            "b.csv", header, ("MILLER, SARAH", "212-226-0101", "7/1/2025", "5/13/2025", "Kept", "6/1/2026", "5/13/2025")
        ),
    )
    (contact,) = found.contacts
    fields = contact.fields
    assert (fields.inquired_on, fields.last_test_on) == (date(2025, 3, 1), date(2025, 5, 13))
    assert (fields.missed_on, fields.attended_on, fields.last_past_appointment) == (
        date(2025, 4, 1),
        date(2025, 5, 13),
        "kept",
    )
    assert fields.last_appointment_on == date(2026, 6, 1), (
        "a next date that has passed is an appointment of unknown outcome"
    )
    assert fields.next_appointment_at is not None
    assert fields.next_appointment_at.date() == date(2026, 12, 24)
    assert fields.last_contact_on == date(2025, 5, 13)


def test_a_history_adds_answers_and_its_stop_denies() -> None:
    people = sheet("p.csv", ("Chart #", "Name", "Phone", "Created"), ("17", "Sarah Miller", "212-226-0101", "3/1/2025"))
    events = sheet(
        "h.csv",
        ("Event Id", "Contact Id", "Timestamp", "Type", "Channel", "Body", "Status"),
        ("1", "17", "2026-01-05T10:00:00-05:00", "sent", "sms", "Hello", ""),
        ("2", "17", "2026-01-06T10:00:00-05:00", "reply", "sms", "stop", ""),
        ("3", "99", "2026-01-06T10:00:00-05:00", "reply", "sms", "who is this", ""),
    )
    found = planned(events, people)
    (contact,) = found.contacts
    assert found.histories == ("h.csv",)
    assert contact.fields_with_history.last_answer_on == date(2026, 1, 6)
    assert (contact.fields.last_answer_on, contact.consent["sms"], contact.consent["email"]) == (
        None,
        "denied",
        "unknown",
    )


def test_an_own_number_typed_in_for_many_families_belongs_to_none() -> None:
    rows = [
        ("", "Ann", name, f"212-226-0{n}00; 212-226-0999", "")
        for n, name in enumerate(("Ash", "Birch", "Cedar", "Elm", "Fir"), start=1)
    ]
    found = planned(sheet("x.csv", HEADER, *[(*row, *[""] * 7) for row in rows]))
    assert {len(contact.phones) for contact in found.contacts} == {1}


def test_every_row_is_somewhere_in_the_answer() -> None:
    found: ImportPlan = planned(
        sheet("x.csv", HEADER, ("", "Sarah", "Miller", "212-226-0101", *[""] * 8), ("", "", *[""] * 10), ("Total: 1",))
    )
    said = answer(found, (), TODAY)
    rows = [row for contact in said["contacts"] for row in contact["rows"]]
    rows += [row[:2] for row in said["quarantined"]] + said["skipped"]
    assert sorted(row for _, row in rows) == [1, 2, 3, 4]


def test_marks_beside_a_name_or_a_number_count_too() -> None:
    assert one(Phone="212-226-0101 (do not text)").consent["sms"] == "denied"
    assert one(Last_Name="Miller *NO CALLS*").consent["call"] == "denied"
    assert one(Last_Name="Miller (DECEASED)").deceased


def test_a_withheld_permission_and_a_death_column_are_read() -> None:
    header = ("First Name", "Last Name", "Phone", "OK to Contact", "Deceased")
    rows = [("Ann", "Ash", f"212-226-01{n:02}", "", "") for n in range(9)]
    rows += [
        ("Bo", "Birch", "212-226-0120", "N", ""),
        ("Cy", "Cedar", "212-226-0121", "", "Y"),
        ("Di", "Elm", "212-226-0122", "", "N"),
    ]
    found = {contact.name.first: contact for contact in planned(sheet("x.csv", header, *rows)).contacts}
    assert set(found["Bo"].consent.values()) == {"denied"}
    assert (found["Cy"].deceased, found["Di"].deceased) == (True, False)
