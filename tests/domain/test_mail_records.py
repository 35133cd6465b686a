"""What the DNS must say of a domain before mailbox providers take its letters."""

from base64 import b64encode

import pytest

from rewarm.domain.mail_records import read_dkim, read_dmarc, read_spf

KEY = b64encode(b"k" * 294).decode()
SHORT = b64encode(b"k" * 162).decode()


@pytest.mark.parametrize(
    "texts",
    [
        ["v=spf1 include:_spf.mail.example -all"],
        ["v=spf1 ip4:192.0.2.1 ~all", "google-site-verification=x"],
        ["V=SPF1 redirect=_spf.mail.example"],
        ["v=spf1 " + "include:a.example " * 9 + "mx -all"],
    ],
)
def test_a_sender_policy_that_holds(texts: list[str]) -> None:
    assert read_spf(texts).fine


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([], "no SPF"),
        (["v=spf10 -all"], "no SPF"),
        (["v=spf1 -all", "v=spf1 mx -all"], "2 SPF"),
        (["v=spf1 mx +all"], "everybody"),
        (["v=spf1 mx all"], "everybody"),
        (["v=spf1 mx ?all"], "nobody"),
        (["v=spf1 mx"], "nobody"),
        (["v=spf1 " + "include:a.example " * 10 + "mx:b.example -all"], "11 look-ups"),
    ],
)
def test_a_sender_policy_that_does_not_hold(texts: list[str], said: str) -> None:
    finding = read_spf(texts)
    assert not finding.fine
    assert said in finding.said


def test_a_key_that_is_ours() -> None:
    record = f"v=DKIM1; k=rsa; p={KEY}"
    assert read_dkim([record], record).fine
    assert read_dkim([f"p={KEY[:100]} {KEY[100:]}"], record).fine, "white space means nothing, and rsa is the default"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([], "no key"),
        (["hello"], "no key"),
        ([f"v=DKIM1; p={KEY}", f"v=DKIM1; p={KEY}"], "2 keys"),
        (["v=DKIM1; p="], "withdrawn"),
        (["v=DKIM1; p=%%%"], "damaged"),
        ([f"v=DKIM1; p={SHORT}"], "2048"),
        ([f"v=DKIM1; t=y:s; p={KEY}"], "testing"),
    ],
)
def test_a_key_that_nobody_can_verify_with(texts: list[str], said: str) -> None:
    finding = read_dkim(texts)
    assert not finding.fine
    assert said in finding.said


def test_a_key_that_is_not_ours() -> None:
    assert "Another key" in read_dkim([f"v=DKIM1; p={KEY}"], f"v=DKIM1; p={KEY[:-4]}AAAA").said


@pytest.mark.parametrize("policy", ["none", "quarantine", "reject", "Reject"])
def test_a_policy_for_forgeries(policy: str) -> None:
    assert read_dmarc(["other", f"v=DMARC1; p={policy}; rua=mailto:d@elm.example"]).fine


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([], "no DMARC"),
        (["v=DMARC1; p=none", "v=DMARC1; p=none"], "2 DMARC"),
        (["v=DMARC1"], "missing"),
        (["v=DMARC1; p=no"], "no"),
    ],
)
def test_no_policy_for_forgeries(texts: list[str], said: str) -> None:
    finding = read_dmarc(texts)
    assert not finding.fine
    assert said in finding.said
