"""`rewarm registry` says what became of a file of answers, and sets aside what nobody can act on."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from rewarm.cli import run
from rewarm.cli.registry import set_aside, taken_in
from rewarm.domain.number_check import HeldBack
from rewarm.errors import RewarmError
from rewarm.models import Address

ANSWERS = "phone,on registry,checked\n(602) 555-0101,yes,2026-11-01\n602,yes,2026-11-01\n"


def test_a_file_of_answers_is_taken_in(house: Any, tmp_path: Path) -> None:
    house.contact("Ada", "+16025550101")
    file, aside = tmp_path / "scrub.csv", tmp_path / "scrub.held-back.csv"
    file.write_text(ANSWERS)
    told = list(taken_in(house.workspace, file, "registry", house.now))
    assert told[0] == "1 numbers checked against the national do-not-call registry; 1 of them get no more texts."
    assert told[1] == f"1 rows were held back; {aside} says why."
    assert Address.objects.get().on_registry
    with aside.open(newline="") as stream:
        assert list(csv.reader(stream))[1] == ["3", "'602' is no phone number", "602", "yes", "2026-11-01"]


def test_the_registrys_own_list_clears_who_is_not_on_it(house: Any, tmp_path: Path) -> None:
    for name, phone in (("Ada", "+16025550101"), ("Bob", "+16025550102"), ("Cy", "+12125550103")):
        house.contact(name, phone)
    file = tmp_path / "602.txt"
    file.write_text("602,5550101\n602,5559999\n602,555\n")
    told = list(taken_in(house.workspace, file, "registry", house.now, as_of="2026-11-01"))
    assert told[0].startswith("2 numbers checked")
    assert told[1].startswith("1 rows were held back")
    ada, bob, cy = (Address.objects.get(contact=house.people[name]) for name in ("Ada", "Bob", "Cy"))
    assert (ada.on_registry, bob.on_registry, bob.registry_checked_at) == (True, False, ada.registry_checked_at)
    assert cy.registry_checked_at is None, "another area code"


@pytest.mark.parametrize(
    ("as_of", "kind", "says"),
    [
        ("", "registry", "say --as-of"),
        ("2027-01-01", "registry", "future"),
        ("2026-11-01", "reassigned", "do-not-call"),
    ],
)
def test_a_list_needs_its_day(house: Any, tmp_path: Path, as_of: str, kind: Any, says: str) -> None:
    file = tmp_path / "602.txt"
    file.write_text("602,5550101\n")
    with pytest.raises(RewarmError, match=says):
        list(taken_in(house.workspace, file, kind, house.now, as_of=as_of))


def test_a_file_that_says_too_little_is_refused(house: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("one,two\n1,2\n")
    with pytest.raises(RewarmError, match="no column says"):
        list(taken_in(house.workspace, file, "registry", house.now))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.csv"], "Missing option"),
        (["nowhere.csv", "--of", "do-not-call"], "does not exist"),
        (["a.csv", "--of", "something"], "Invalid value"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("one,two\n1,2\n")
    assert run(["registry", *arguments]) != 0
    assert says in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(RewarmError, match="cannot be written"):
        set_aside(tmp_path / "nowhere" / "x.csv", [HeldBack(2, ("x",), "why")])
