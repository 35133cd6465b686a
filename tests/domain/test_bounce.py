"""What a mail server says when a letter comes back, in the forms of the standards and of the common servers."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.adapters.bounce_words import bounce_words
from rewarm.domain.bounce import Bounce, Notice, our_key, read
from rewarm.domain.bounce_status import severity, status_in

WORDS = bounce_words()
KEY = "01890f3e-7a2b-7cc1-9d1e-5a4f9b8c7d6e"
OURS = f"Message-ID: <{KEY}@elmstreet.example>\nTo: sarah@mail.example\nSubject: Your question\n"
FROM_SERVER = {"from": "Mail Delivery System <MAILER-DAEMON@mx.example>", "to": "care@elmstreet.example"}


def report(**fields: str) -> Notice:
    """Write the machine's part of a notice as RFC 3464 wants it."""
    lines = "\n".join(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())
    return Notice(FROM_SERVER, report=f"Reporting-MTA: dns; mx.example\n\n{lines}\n", returned=OURS)


def words(text: str, **headers: str) -> Notice:
    return Notice({**FROM_SERVER, **headers}, text)


def found(notice: Notice) -> list[tuple[str, str]]:
    return [(one.address, one.kind) for one in read(notice, WORDS)]


# --- Reports --------------------------------------------------------------------------------------------


def test_a_report_names_the_address_the_code_and_our_letter() -> None:
    (one,) = read(
        report(
            Final_Recipient="rfc822; Sarah@Mail.Example", Action="failed", Status="5.1.1",
            Diagnostic_Code="smtp; 550 5.1.1 No such user",
        ),
        WORDS,
    )  # fmt: skip
    assert one == Bounce(
        "sarah@mail.example", "hard", "5.1.1", "smtp; 550 5.1.1 No such user", f"{KEY}@elmstreet.example"
    )
    assert one.our_id == KEY


def test_the_address_that_we_wrote_to_counts_and_not_where_it_was_forwarded() -> None:
    notice = report(
        Original_Recipient="rfc822; sarah@mail.example", Final_Recipient="rfc822; box7@deep.example", Action="failed"
    )
    assert [one.address for one in read(notice, WORDS)] == ["sarah@mail.example"]


def test_a_code_in_the_diagnosis_is_better_than_one_that_says_nothing() -> None:
    (one,) = read(
        report(Final_Recipient="rfc822; a@b.example", Status="5.0.0", Diagnostic_Code="smtp; 552 5.2.2 over"), WORDS
    )
    assert (one.status, one.kind) == ("5.2.2", "soft")


def test_a_delay_is_no_failure_yet_and_a_delivery_is_none() -> None:
    (late,) = read(report(Final_Recipient="rfc822; a@b.example", Action="delayed", Status="4.4.1"), WORDS)
    assert (late.kind, late.given_up) == ("soft", False)
    (there,) = read(report(Final_Recipient="rfc822; a@b.example", Action="delivered", Status="2.1.5"), WORDS)
    assert there.kind == "none"


def test_several_recipients_of_one_report() -> None:
    notice = Notice(
        FROM_SERVER,
        report="Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n"
        "Final-Recipient: rfc822; c@d.example\nAction: failed\nStatus: 5.2.2\n Diagnostic follows\n",
    )
    assert found(notice) == [("a@b.example", "hard"), ("c@d.example", "soft")]


def test_report_fields_in_plain_text_count_as_well() -> None:
    notice = words("Something went wrong.\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n")
    assert found(notice) == [("a@b.example", "hard")]


def test_a_vendor_that_tells_in_json_is_read() -> None:
    said = '{"notificationType":"%s","x":{"%s":[{"emailAddress":"a@b.example","status":"5.1.1"}]}}'
    robot = {"from": "Notices <no-reply@vendor.example>"}
    assert found(Notice(robot, said % ("Bounce", "bouncedRecipients"))) == [("a@b.example", "hard")]
    assert found(Notice(robot, said % ("Complaint", "complainedRecipients"))) == [("a@b.example", "complaint")]
    assert found(Notice(robot, said % ("Delivery", "recipients"))) == []


def test_a_gateway_that_wraps_the_report_in_another_mail() -> None:
    inner = report(Final_Recipient="rfc822; a@b.example", Action="failed", Status="5.1.1")
    assert found(Notice(FROM_SERVER, "Addresses had errors.", enclosed=(inner,))) == [("a@b.example", "hard")]


# --- Words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Your message could not be delivered.\n\n<ann@b.example>:\n550 5.1.1 unknown user", "hard"),
        ("The following address failed:\n\n    ann@b.example\n      mailbox is full", "soft"),
        ("Delivery failed.\n\n  Recipient: [SMTP:ann@b.example]\n  Reason: 550 mailbox not found", "hard"),
        ("We could not deliver it:\n * ann@b.example (host not found)", "hard"),
        ("The user ann@b.example does not exist here.", "hard"),
        ("Ihre Nachricht an ann@b.example konnte nicht zugestellt werden: Empfänger unbekannt", "hard"),
        ("Votre message n'a pas pu être remis à ann@b.example : adresse inconnue", "hard"),
        ("Su mensaje a ann@b.example no se pudo entregar: el buzón está lleno", "soft"),
        ("Письмо не доставлено: адрес ann@b.example не существует", "hard"),
        ("ann@b.example 宛のメールは配信できませんでした。", "soft"),
        ("Your mail to ann@b.example was rejected because the sender is on a blocklist", "soft"),
    ],
)
def test_notices_that_are_written_for_people(text: str, kind: str) -> None:
    letter = f"\n\nReceived: from a by b\n{OURS}From: care@elmstreet.example\n\nDear bob@other.example,"
    assert found(words(text + letter)) == [("ann@b.example", kind)]


def test_several_addresses_in_words_have_each_their_own_fate() -> None:
    notice = words(
        "These failed:\n\n  ann@b.example\n    550 5.1.1 user unknown\n  bob@b.example\n    552 5.2.2 mailbox full\n"
    )
    assert found(notice) == [("ann@b.example", "hard"), ("bob@b.example", "soft")]


def test_whom_to_ask_and_who_wrote_are_not_who_failed() -> None:
    notice = words(
        "For further assistance, please contact <help@mx.example>.\n\n<ann@b.example>: host b.example said: 550\n"
        "    5.7.1 after MAIL FROM:<care@elmstreet.example>: not accepted\n"
    )
    assert found(notice) == [("ann@b.example", "soft")]


def test_a_header_names_them() -> None:
    notice = words("User unknown.", **{"x-failed-recipients": "a@b.example,\n c@d.example"})
    assert found(notice) == [("a@b.example", "hard"), ("c@d.example", "hard")]


def test_only_our_letter_came_back_and_says_to_whom_it_went() -> None:
    notice = words(f"421 deferred: connection timed out\n\n  ----- Unsent message follows -----\n{OURS}")
    (one,) = read(notice, WORDS)
    assert (one.address, one.kind, one.our_id) == ("sarah@mail.example", "soft", KEY)


def test_our_own_return_address_says_which_letter_it_was() -> None:
    (one,) = read(words("<ann@b.example>: 550 no such user", to=f"care+{KEY}@elmstreet.example"), WORDS)
    assert one.our_id == KEY


# --- Complaints -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feedback", "address"),
    [
        ("Feedback-Type: abuse\nOriginal-Rcpt-To: <ann@b.example>\n", "ann@b.example"),
        ("Feedback-Type: opt-out\nRemoval-Recipient: ann@b.example\n", "ann@b.example"),
        ("Feedback-Type: abuse\n", "sarah@mail.example"),
    ],
)
def test_complaints_are_apart_from_bounces(feedback: str, address: str) -> None:
    (one,) = read(Notice({}, feedback=feedback, returned=OURS), WORDS)
    assert (one.kind, one.address, one.our_id) == ("complaint", address, KEY)


def test_a_complaint_without_an_address_still_has_our_key() -> None:
    (one,) = read(Notice({}, feedback="Feedback-Type: abuse\n", returned=OURS.replace("To:", "X-To:")), WORDS)
    assert (one.address, one.our_id) == ("", KEY)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
def test_other_feedback_is_no_complaint(kind: str) -> None:
    assert read(Notice({}, feedback=f"Feedback-Type: {kind}\n", returned=OURS), WORDS) == ()


# --- What is no notice ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        (
            "sarah@mail.example",
            "Re: Your question",
            "My other address ann@b.example is full, it could not be delivered.",
        ),
        ("sarah@mail.example", "Re: Your question", "Please write to ann@b.example, this mailbox will be closed."),
        ("sarah@mail.example", "Automatic reply", "I am away. In urgent cases contact ann@b.example."),
        (
            "sarah@mail.example",
            "Re: Your question",
            "I got this:\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n",
        ),
        (
            "sarah@mail.example",
            "Hello",
            '{"notificationType":"Bounce","bouncedRecipients":[{"emailAddress":"a@b.example"}]}',
        ),
        ("newsletter@shop.example", "Free delivery", "Order at care@shop.example. Delivery fails? Call us."),
        ("postmaster@mx.example", "Maintenance", "Our server rests on Sunday. Questions to help@mx.example."),
    ],
)
def test_what_people_write_is_no_bounce(sender: str, subject: str, text: str) -> None:
    headers = {"from": sender, "to": "care@elmstreet.example", "subject": subject, "auto-submitted": "auto-replied"}
    assert read(Notice(headers, text), WORDS) == ()


# --- How grave ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("550 5.1.1 user unknown", "hard"),
        ("550 5.1.10 recipient not found", "hard"),
        ("550 5.2.1 mailbox disabled", "hard"),
        ("554 5.4.4 no mail exchanger", "hard"),
        ("550 5.1.1 the mailbox is full", "soft"),
        ("552 5.2.2 over quota", "soft"),
        ("450 4.1.1 user unknown, try again", "soft"),
        ("550 5.7.1 blocked, see our list", "soft"),
        ("550 5.1.8 sender's domain does not exist", "soft"),
        ("554 something", "soft"),
        ("", "soft"),
    ],
)
def test_only_nobody_there_is_hard(reason: str, kind: str) -> None:
    assert severity(status_in(reason), reason, WORDS) == kind


def test_a_version_number_is_no_status() -> None:
    assert status_in("DragonFly v0.13 at 192.0.2.25, id 5.1.1.9 port 587") == ""


# --- Whatever comes -------------------------------------------------------------------------------------


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_nothing_raises(sender: str, subject: str, text: str, fields: str, returned: str) -> None:
    read(Notice({"from": sender, "subject": subject}, text, fields, fields or None, returned), WORDS)


@given(st.uuids())
def test_a_key_is_found_again_in_whatever_surrounds_it(key: object) -> None:
    assert our_key(f"<x.{str(key).upper()}@elmstreet.example>") == str(key)


@pytest.mark.parametrize("line", ["a" * 200_000, "<a@b" * 40_000, "550 5.1.1 " * 20_000, "not delivered to " * 10_000])
def test_no_text_takes_long(line: str) -> None:
    began = time.process_time()
    read(words(line), WORDS)
    read(words("\n".join([line[:300]] * 3_000)), WORDS)
    assert time.process_time() - began < 1
