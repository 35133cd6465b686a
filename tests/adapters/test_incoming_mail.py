"""A mail that comes in, in our words: answers without what they quote, bounces with our key, and never a crash."""

from __future__ import annotations

import smtplib
import threading
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.adapters.channels import Incoming, Listening, Outbound, open_channel
from rewarm.adapters.channels.mail import mail_of
from rewarm.adapters.html_text import html_text
from rewarm.adapters.incoming_mail import AUTOMATIC, read_mail
from rewarm.adapters.unquote import own_words
from rewarm.domain.emails import canonical
from tests.adapters import rigs

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
KEY = "01890f3e-7a2b-7cc1-9d1e-5a4f9b8c7d6e"
OURS = Outbound(KEY, "care@elmstreet.example", "sarah@mail.example", "Would Tuesday suit you?", subject="Your question")


def reply(
    text: str = "Yes please.", subject: str = "Re: Your question", html: str = "", **headers: str
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Sarah Miller <Sarah@Mail.example>", "care@elmstreet.example"
    mail["Subject"], mail["Message-ID"] = subject, "<abc@mail.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    if text:
        mail.set_content(text)
    if html:
        (mail.add_alternative if text else mail.set_content)(html, subtype="html")
    return mail


def read(mail: EmailMessage) -> Incoming:
    (one,) = read_mail(mail.as_bytes())
    return one


# --- Answers --------------------------------------------------------------------------------------------


def test_an_answer_finds_the_letter_that_it_answers() -> None:
    one = read(reply("Yes please.\n\nOn Mon, Nov 2, 2026 at 9:00 AM Elm Street <care@elmstreet.example> wrote:\n> Would",
                     In_Reply_To=f"<{KEY}@elmstreet.example>"))  # fmt: skip
    assert (one.kind, one.our_id, one.from_address, one.to_address) == (
        "inbound", KEY, "sarah@mail.example", "care@elmstreet.example",
    )  # fmt: skip
    assert one.text == "Yes please."
    assert one.provider_id == "mail:abc@mail.example"
    assert one.reason == ""


def test_the_thread_is_enough_and_so_is_our_own_address() -> None:
    assert read(reply(References=f"<other@x.example> <{KEY}@elmstreet.example>")).our_id == KEY
    mail = reply()
    mail.replace_header("To", f"care+{KEY}@elmstreet.example")
    assert read(mail).our_id == KEY


def test_a_mail_without_an_id_is_known_again_by_its_bytes() -> None:
    mail = reply()
    del mail["Message-ID"]
    assert read(mail) == read(mail)
    assert read(mail).provider_id != read_mail(mail.as_bytes() + b"more")[0].provider_id


def test_a_subject_speaks_when_nothing_else_does() -> None:
    assert read(reply("", subject="Stop writing to me")).text == "Stop writing to me"
    assert read(reply("Thank you", subject="Please cancel Tuesday")).text == "Please cancel Tuesday\n\nThank you"
    assert read(reply("Thank you", subject="AW: Your question")).text == "Thank you"


def test_html_alone_is_read_without_what_it_quotes() -> None:
    html = (
        "<html><head><style>p{color:red}</style></head><body><p>Tuesday at <b>3</b> &amp; no later</p>"
        '<div class="gmail_quote">On Monday Elm Street wrote:<blockquote>Would Tuesday suit you?</blockquote></div></body></html>'
    )
    assert read(reply("", html=html)).text == "Tuesday at 3 & no later"
    assert read(reply("Plain wins", html=html)).text == "Plain wins"


def test_attachments_are_named_and_dropped() -> None:
    mail = reply("See the card.")
    mail.add_attachment(b"\x89PNG", "image", "png", filename="card.png")
    assert read(mail).text == "See the card.\n\n[attached: card.png]"


def test_a_long_letter_and_a_huge_attachment_take_no_time() -> None:
    mail = reply("word " * 100_000)
    mail.add_attachment(b"x" * 6_000_000, "application", "pdf", filename="scan.pdf")
    whole = mail.as_bytes()
    began = time.process_time()
    (one,) = read_mail(whole)
    assert time.process_time() - began < 1
    assert len(one.text) <= 20_000


@pytest.mark.parametrize("subject", ["unsubscribe", "Unsubscribe", f"unsubscribe {KEY}"])
def test_the_mail_of_an_unsubscribe_link(subject: str) -> None:
    one = read(reply("", subject=subject, In_Reply_To=f"<{KEY}@elmstreet.example>"))
    assert (one.kind, one.our_id, one.from_address) == ("unsubscribed", KEY, "sarah@mail.example")


def test_unsubscribe_with_words_of_their_own_is_an_answer_to_be_read() -> None:
    one = read(reply("Only the newsletter please, not my appointments.", subject="Unsubscribe"))
    assert one.kind == "inbound"
    assert one.text.startswith("Unsubscribe\n\nOnly the newsletter")


# --- What nobody wrote ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mail",
    [
        reply("I am away until Monday.", Auto_Submitted="auto-replied"),
        reply("I am away until Monday.", Auto_Submitted="auto-generated; owner-email=x"),
        reply("I am away until Monday.", Precedence="auto_reply"),
        reply("I am away until Monday.", Return_Path="<>"),
        reply("I am away until Monday.", X_Autoreply="yes"),
        reply("I am away until Monday.", subject="Automatic reply: Your question"),
        reply("Ich bin nicht im Büro.", subject="Abwesenheitsnotiz"),
        reply("Je suis absente.", subject="Réponse automatique : Your question"),
        reply("Our news of May", List_Id="<news.shop.example>"),
    ],
)
def test_answers_that_a_program_gave_are_known(mail: EmailMessage) -> None:
    one = read(mail)
    assert (one.kind, one.reason) == ("inbound", AUTOMATIC)


@pytest.mark.parametrize(
    "headers", [{"Auto_Submitted": "no"}, {"Precedence": "first-class"}, {"X_Auto_Response_Suppress": "All"}]
)
def test_people_are_not_taken_for_programs(headers: dict[str, str]) -> None:
    assert read(reply(**headers)).reason == ""


# --- Bounces and complaints -----------------------------------------------------------------------------


def bounced(status: str, action: str = "failed", *, extra: str = "") -> bytes:
    """What a server makes of a letter that we sent in earnest."""
    ours = mail_of(OURS).as_bytes().decode().replace("\r\n", "\n")
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: care@elmstreet.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <notice@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; sarah@mail.example
Action: {action}
Status: {status}
{extra}
--b1
Content-Type: message/rfc822

{ours}
--b1--
""".encode()


def test_a_bounce_of_our_own_letter_is_known_by_its_key() -> None:
    (one,) = read_mail(bounced("5.1.1", extra="Diagnostic-Code: smtp; 550 5.1.1 unknown user\n"))
    assert (one.kind, one.our_id, one.from_address) == ("bounced", KEY, "sarah@mail.example")
    assert one.reason == "hard 5.1.1 smtp; 550 5.1.1 unknown user"


def test_a_full_mailbox_is_soft_a_delay_is_nothing_and_a_receipt_is_good_news() -> None:
    (full,) = read_mail(bounced("5.2.2"))
    assert full.reason.startswith("soft 5.2.2")
    assert read_mail(bounced("4.4.1", "delayed")) == ()
    (there,) = read_mail(bounced("2.1.5", "delivered"))
    assert (there.kind, there.our_id) == ("delivered", KEY)


def test_a_complaint_by_the_feedback_loop() -> None:
    mail = bounced("5.0.0").replace(b"message/delivery-status\n\nReporting-MTA: dns; mx.example\n",
                                    b"message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n")  # fmt: skip
    (one,) = read_mail(mail)
    assert (one.kind, one.our_id, one.from_address) == ("complained", KEY, "sarah@mail.example")


def test_somebody_who_forwards_a_bounce_to_us_has_not_bounced() -> None:
    mail = reply("Look what I got, is your mail broken?", subject="Fwd: Undelivered Mail")
    mail.add_attachment(bounced("5.1.1"), "application", "octet-stream", filename="notice.eml")
    assert read(mail).kind == "inbound"


# --- Own words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "quote",
    [
        "On Nov 2, 2026, at 9:00 AM, Elm Street <care@elmstreet.example>\nwrote:\n\n> Would Tuesday suit you?",
        "El lun, 2 nov 2026 a las 9:00, Elm Street (<care@elmstreet.example>) escribió:\n> ¿Le viene bien?",
        "Le lun. 2 nov. 2026 à 09:00, Elm Street <care@elmstreet.example> a écrit :\n> Est-ce que mardi vous convient ?",
        "Am 02.11.2026 um 09:00 schrieb Elm Street:\n> Passt Ihnen Dienstag?",
        "W dniu 2.11.2026 o 09:00, Elm Street pisze:\n> Czy wtorek pasuje?",
        "Em seg., 2 de nov. de 2026 às 09:00, Elm Street <care@elmstreet.example> escreveu:\n> Terça serve?",
        "Il giorno lun 2 nov 2026 alle ore 09:00 Elm <care@elmstreet.example> ha scritto:\n> Va bene martedì?",
        "Op ma 2 nov. 2026 om 09:00 schreef Elm Street <care@elmstreet.example>:\n> Komt dinsdag uit?",
        "2 нояб. 2026 г., 9:00, Elm Street <care@elmstreet.example> написал(а):\n> Вторник подойдёт?",
        "-----Original Message-----\nFrom: Elm Street\nSent: Monday\nTo: Sarah\nSubject: Your question\n\nWould Tuesday suit?",
        "________________________________\nFrom: Elm Street <care@elmstreet.example>\nSent: Monday\nTo: Sarah\n\nWould it?",
        "Von: Elm Street\nGesendet: Montag\nAn: Sarah\nBetreff: Ihre Frage\n\nPasst Ihnen Dienstag?",
        "Fri, 6 Nov 2026 10:08:06 +0000 от Elm Street <care@elmstreet.example>:\n> Would Tuesday suit you?",
        "  On Mon, Nov 2, 2026 at 9:00, Elm<care@elmstreet.example> wrote:   Would Tuesday suit you?",
        "De : Elm Street\nEnvoyé : lundi\nÀ : Sarah\nObjet : Votre question\n\nMardi ?",
    ],
)
@pytest.mark.parametrize(
    "signature",
    [
        "",
        "\n\n-- \nSarah Miller\n(212) 555-0101",
        "\n\nSent from my iPhone",
        "\n\nSent with Post (https://x.example/?a)",
    ],
)
def test_only_what_is_new_is_kept(quote: str, signature: str) -> None:
    assert own_words(f"Tuesday is fine.\n\nSarah{signature}\n\n{quote}\n") == "Tuesday is fine.\n\nSarah"


def test_answers_below_and_between_the_quotes() -> None:
    below = "On Nov 2, 2026, Elm Street wrote:\n> Would Tuesday suit you?\n\nNo, Friday.\n"
    assert own_words(below) == "No, Friday."
    between = (
        "Hi,\n\nOn Nov 2, 2026, Elm Street wrote:\n> Would Tuesday suit?\n\nNo, Friday.\n\n> At three?\n\nAt four.\n"
    )
    assert own_words(between) == "Hi,\n\nNo, Friday.\n\nAt four."


@pytest.mark.parametrize(
    "text",
    [
        "On Tuesday I can come at 3.\nOn Friday too.",
        "Here is my list:\n- one\n- two",
        "From Monday on I am away.\nTo be honest: it suits me.",
        "He said: come on Tuesday.",
        "Sent from my desk, is much easier than my telephone.",
    ],
)
def test_nothing_of_theirs_is_lost(text: str) -> None:
    assert own_words(text) == text


@pytest.mark.parametrize("html", ["<p>a</p><p>b</p>", "<div>a<br>b</div>", "<table><tr><td>a</td></tr><tr><td>b"])
def test_lines_of_html_stay_lines(html: str) -> None:
    assert [line for line in html_text(html).split("\n") if line] == ["a", "b"]


# --- Whatever comes -------------------------------------------------------------------------------------


@given(st.binary(max_size=400))
def test_no_bytes_raise(mail: bytes) -> None:
    read_mail(mail)


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=200))
def test_no_text_raises(sender: str, subject: str, body: str) -> None:
    for one in read_mail(f"From: {sender}\r\nSubject: {subject}\r\n\r\n{body}".encode("utf-8", "surrogatepass")):
        assert "\x00" not in one.text + one.from_address + one.provider_id + one.raw


@pytest.mark.parametrize(
    "name", ["=?utf-8?q?a?=", "=?x-unknown?b?AAAA?=", "=?utf-8?b?A?=", '"', "=?utf-8?q?=00?=", "\udc80"]
)
def test_broken_headers_are_read_as_far_as_they_go(name: str) -> None:
    raw = f"From: {name} <sarah@mail.example>\nSubject: {name}\nContent-Type: text/plain; charset={name}\n\nhello"
    (one,) = read_mail(raw.encode("utf-8", "surrogateescape"))
    assert one.from_address == "sarah@mail.example"


@pytest.mark.parametrize(
    "soup",
    ["<", "<!--", "<![CDATA[", '<a b="', "<b></i>", "<div>", "&amp", "&#1"],
)
def test_no_tag_soup_takes_long(soup: str) -> None:
    began = time.process_time()
    html_text(soup * (500_000 // len(soup)))
    assert time.process_time() - began < 5, "it took minutes before it was mended first"


@pytest.mark.parametrize(
    "lines",
    [">\n", "On Mon 12:00\n", "<a@" * 300 + "\n", "*" * 900 + "\n", "-" * 900 + "\n", "From: x\n", "!" * 900 + "\n"],
)
def test_no_quote_takes_long(lines: str) -> None:
    began = time.process_time()
    own_words(lines * (300_000 // len(lines)) + "x")
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "mail",
    [
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 50_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(2_000)),
        b"Content-Type: message/rfc822\r\n\r\n" * 2_000,
        b"From: mailer-daemon@x.example\r\nSubject: undelivered\r\n\r\n" + b"a@b" * 900_000,
        b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\r\n\r\nx",
    ],
    ids=["parts", "nested", "mails in mails", "one line", "subject"],
)
def test_no_mail_takes_long(mail: bytes) -> None:
    began = time.process_time()
    read_mail(mail)
    assert time.process_time() - began < 2


@given(
    st.lists(st.sampled_from(["Yes.", "> no", "", "On Mon at 9:00 Elm wrote:", "-- ", "From: x", "To: y", "Date: z"]))
)
def test_what_is_kept_was_written(lines: list[str]) -> None:
    assert set(own_words("\n".join(lines)).split("\n")) <= {*(line.rstrip() for line in lines), ""}


def test_every_naughty_string_survives() -> None:
    path = next((SHARED / "naughty_strings").glob("*.txt"), None) if SHARED.exists() else None
    if path is None:
        pytest.skip("../shared/data/naughty_strings is not here")
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        for mail in (reply(line or "x"), reply("x", html=f"<p>{line}</p>")):
            assert read(mail).kind == "inbound"
        read_mail(f"From: {line}\r\nTo: {line}\r\nSubject: {line}\r\nMessage-ID: <{line}>\r\n\r\n{line}".encode())


def test_every_real_reply_is_read_in_no_time() -> None:
    paths = sorted((SHARED / "email_replies").glob("*__*.txt"))
    if not paths:
        pytest.skip("../shared/data/email_replies is not here")
    for path in paths:
        began = time.process_time()
        assert own_words(path.read_text(encoding="utf-8", errors="replace")), path.name
        assert time.process_time() - began < 0.5, path.name


def test_real_bounces_name_somebody() -> None:
    paths = sorted((SHARED / "bounce_mails").glob("*.eml"))
    if not paths:
        pytest.skip("../shared/data/bounce_mails is not here")
    real = [path for path in paths if not path.name.startswith("not_a_bounce")]
    told = {path.name: read_mail(path.read_bytes()) for path in paths}
    for path in real:
        assert all(one.from_address == (canonical(one.from_address) or "") for one in told[path.name]), path.name
        assert not path.name.startswith("arf-") or not any(one.kind == "bounced" for one in told[path.name]), path.name
    complaints = [path.name for path in real if path.name.startswith("arf-")]
    assert sum(any(one.kind == "complained" for one in told[name]) for name in complaints) >= 0.8 * len(complaints)
    assert sum(any(one.kind in ("bounced", "complained") for one in told[path.name]) for path in real) > 0.9 * len(real)
    for path in set(paths) - set(real):
        assert {one.kind for one in told[path.name]} <= {"inbound"}, path.name


# --- By LMTP --------------------------------------------------------------------------------------------


def test_our_own_mail_server_brings_letters_and_is_answered_when_they_were_taken() -> None:
    port, taken, stopping = rigs.free_port(), list[Incoming](), threading.Event()

    def take(incoming: Incoming) -> None:
        if "not yet" in incoming.text:
            raise OSError("the database rests")
        taken.append(incoming)

    channel = open_channel("smtp", {"host": "127.0.0.1", "port": 1, "lmtp": f"127.0.0.1:{port}"})
    assert isinstance(channel, Listening)
    thread = threading.Thread(target=channel.listen, args=(take, stopping))
    thread.start()
    try:
        rigs.until(lambda: rigs.listens(port), what="the port")
        with smtplib.LMTP("127.0.0.1", port, local_hostname="mx.example") as server:
            server.sendmail("sarah@mail.example", ["care@elmstreet.example"], reply("Yes.").as_bytes())
            assert [one.text for one in taken] == ["Yes."], "taken before it was answered for"
            with pytest.raises(smtplib.SMTPDataError, match="451"):
                server.sendmail("sarah@mail.example", ["care@elmstreet.example"], reply("not yet").as_bytes())
            assert server.sendmail("", ["a@x.example", "b@x.example"], b"\xff\x00") == {
                "b@x.example": (452, b"4.5.3 one recipient at a time")
            }
    finally:
        stopping.set()
        thread.join(10)
    assert not thread.is_alive()
    assert not rigs.listens(port)


def test_a_second_worker_takes_the_port_when_the_first_is_gone() -> None:
    port, heard = rigs.free_port(), list[str]()
    endings, threads = [threading.Event(), threading.Event()], []
    for name, ending in zip("ab", endings, strict=True):
        channel = open_channel("smtp", {"host": "127.0.0.1", "port": 1, "lmtp": f"127.0.0.1:{port}"})
        assert isinstance(channel, Listening)
        threads.append(threading.Thread(target=channel.listen, args=(lambda _, name=name: heard.append(name), ending)))
        threads[-1].start()
        rigs.until(lambda: rigs.listens(port), what="the port")
    try:
        _bring(port)
        endings[0].set()
        threads[0].join(10)
        rigs.until(lambda: rigs.listens(port), what="the other worker", seconds=15)
        _bring(port)
        assert heard == ["a", "b"]
    finally:
        for ending, thread in zip(endings, threads, strict=True):
            ending.set()
            thread.join(10)


def _bring(port: int) -> None:
    with smtplib.LMTP("127.0.0.1", port, local_hostname="mx.example") as server:
        server.sendmail("sarah@mail.example", ["care@elmstreet.example"], reply("Yes.").as_bytes())
