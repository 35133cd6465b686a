"""What phone and e-mail cells hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.adapters.phone_numbers import parse
from rewarm.domain.emails import canonical, read_emails
from rewarm.domain.phone_text import read_phones

OWN = frozenset({"+12122260000"})


def phones(cell: str, region: str = "US") -> list[str]:
    kept, _ = read_phones(cell, region=region, parse=parse, own_numbers=OWN)
    return [one.e164 + (f"x{one.extension}" if one.extension else "") for one in kept]


@pytest.mark.parametrize(
    "cell",
    [
        "212-226-0101", "(212) 226-0101", "212.226.0101", "2122260101", "2122260101.0", "+1 212 226 0101", "1-212-226-0101",
        "212 - 226 - 0101", "tel:+1-212-226-0101", "212/226-0101", " 212-226-0101 (cell)", "C: 212-226-0101",
    ],
)  # fmt: skip
def test_one_number_in_many_spellings(cell: str) -> None:
    assert phones(cell) == ["+12122260101"]


def test_several_numbers_extensions_and_labels_in_one_cell() -> None:
    assert phones("H: (212) 226-0101 C: 212 226 0102") == ["+12122260101", "+12122260102"]
    assert phones("212-226-0101 / 212-226-0102; 212-226-0103 x45") == [
        "+12122260101",
        "+12122260102",
        "+12122260103x45",
    ]
    assert phones("212-226-0101 & +12122260102 or 212.226.0101") == ["+12122260101", "+12122260102"]
    assert phones("+44 (0)20 7946 0958") == ["+442079460958"]
    assert phones("020 7946 0958", "GB") == ["+442079460958"]
    (cell, _) = read_phones("cell: 212-226-0101", region="US", parse=parse)
    assert cell[0].label == "cell"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("226-0101", "no_area_code"), ("(212) 555-0101", "fictitious"), ("000-000-0000", "empty"), ("888-888-8888", "invalid"),
        ("123-456-7890", "invalid"), ("212-226-01012", "invalid"), ("212-126-0101", "invalid"), ("n/a", "empty"),
        ("212-226-0000", "own_number"), ("2260101", "no_area_code"),
    ],
)  # fmt: skip
def test_what_is_no_number_says_why(cell: str, reason: str) -> None:
    kept, dropped = read_phones(cell, region="US", parse=parse, own_numbers=OWN)
    assert (kept, [one.reason for one in dropped]) == ((), [reason])


def test_a_rehearsal_town_may_use_fictitious_numbers() -> None:
    kept, _ = read_phones("(212) 555-0101", region="US", parse=parse, fictional=True)
    assert [one.e164 for one in kept] == ["+12125550101"]
    assert read_phones("(212) 555-8889", region="US", parse=parse, fictional=True)[0] == ()


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("Sarah@Posteo.NET ", ["sarah@posteo.net"]), ("mailto:s.m+x@posteo.net", ["s.m+x@posteo.net"]),
        ("Sarah Miller <s@posteo.net>", ["s@posteo.net"]), ("s@posteo.net; t@posteo.net", ["s@posteo.net", "t@posteo.net"]),
        ("s@posteo.net / t@posteo.net", ["s@posteo.net", "t@posteo.net"]), ("s at posteo.net", ["s@posteo.net"]),
        ("s@@posteo.net", ["s@posteo.net"]), ("none@none.com", []), ("noemail@noemail.com", []), ("declined", []), ("s@", []),
        ("priya@harborpoint-hearing.com", []), ("test@example.com", []), ("s@müller.de", ["s@xn--mller-kva.de"]),
    ],
)  # fmt: skip
def test_mail_cells(cell: str, kept: list[str]) -> None:
    assert list(read_emails(cell, "harborpoint-hearing.com")[0]) == kept


@given(st.text(max_size=80))
def test_no_cell_breaks_the_readers(cell: str) -> None:
    phones(cell)
    for address in read_emails(cell)[0]:
        assert canonical(address) == address
