"""What columns mean, by name and by content."""

from __future__ import annotations

import pytest

from rewarm.domain.columns import map_columns
from rewarm.domain.table import Table
from tests.domain.import_cast import WORDS, sheet


def fields(header: tuple[str, ...], *rows: tuple[str, ...]) -> list[str]:
    table = Table("x.csv", "delimited", header, 1 if any(header) else 0, sheet("x.csv", *rows).rows)
    return [column.field for column in map_columns(table, WORDS)]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Chart No.", "source_id"), ("Frst Name", "first_name"), ("Surname", "last_name"), ("Client (Last, First)",
        "full_name"),
        ("Cell #", "phone"), ("HomePhone", "phone"), ("eMail Addr", "email"), ("Addr1", "street"), ("ZIP+4", "zip"),
        ("D.O.B.", "born_on"), ("Date Added", "inquired_on"), ("Last Contacted", "last_activity_on"), ("Updated At",
        "modified_on"),
        ("Audiogram Date", "last_test_on"), ("Date Fitted", "last_fitting_on"), ("Last Seen", "last_appointment_on"),
        ("Upcoming Appt", "next_appointment_on"), ("Visit Outcome", "appointment_status"), ("# No Shows", "no_show_count"),
        ("How did you hear about us?", "lead_source"), ("Lifecycle Stage", "lead_status"), ("Don't Text", "opt_out_sms"),
        ("E-mail Unsubscribed", "opt_out_email"), ("No Calls", "opt_out_call"), ("Do Not Contact", "opt_out"),
        ("OK to Text?", "opt_in_sms"), ("May we email?", "opt_in_email"), ("SMS Consent Date", "opt_in_sms_on"),
        ("Preferred Contact Method", "contact_preference"), ("Hard Bounce Reason", "email_bounce"), ("Spouse Phone",
        "related_person"),
        ("Do Not Mail", "ignore"), ("Job Title", "ignore"), ("Company ID", "ignore"), ("Fax", "ignore"), ("Created By",
        "owner"),
        ("Marketing Consent", "marketing_status"), ("Maiden Name", "previous_last_name"), ("Remarks", "notes"),
    ],
)  # fmt: skip
def test_names_of_many_systems_are_understood(name: str, field: str) -> None:
    assert fields((name,)) == [field]


def test_content_overrules_a_name_that_it_contradicts() -> None:
    rows = [(f"sarah{n}@posteo.net", f"2026-10-0{n}", "Kept") for n in range(1, 7)]
    assert fields(("Address", "Appointment Status", "Status"), *rows) == [
        "email",
        "last_appointment_on",
        "appointment_status",
    ]


def test_a_consent_column_of_dates_says_when() -> None:
    rows = [(f"10/{n}/2026",) for n in range(1, 7)]
    assert fields(("Text Consent Signed",), *rows) == ["opt_in_sms_on"]
    assert fields(("SMS Opt-in Date",), *[("Yes",)] * 6) == ["opt_in_sms"]


def test_columns_without_names_are_known_by_what_stands_in_them() -> None:
    rows = [
        (f"s{n}@posteo.net", f"(212) 226-01{n:02}", "10001", name, f"{n} Mill St")
        for n, name in enumerate(("Sarah", "John", "Grace", "Robert", "Linda"), start=1)
    ]
    assert fields(("", "", "", "", ""), *rows) == ["email", "phone", "zip", "first_name", "street"]
