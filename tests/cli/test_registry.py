"""`rewarm registry` says what became of a file of answers, and sets aside what nobody can act on."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from rewarm.adapters.crm.files import read_content
from rewarm.cli import run
from rewarm.cli.registry import set_aside, taken_in
from rewarm.domain.number_check import HeldBack
from rewarm.errors import RewarmError
from rewarm.models import Address

ANSWERS = b"phone,on registry,checked\n(602) 555-0101,yes,2026-11-01\n602,yes,2026-11-01\n"


def test_a_file_of_answers_is_taken_in(house: Any, tmp_path: Path) -> None:
    house.contact("Ada", "+16025550101")
    aside, tables = tmp_path / "held-back.csv", read_content("scrub.csv", ANSWERS)
    told = list(taken_in(house.workspace, tables, "registry", house.now, aside=aside))
    assert told[0] == "1 numbers checked against the national do-not-call registry; 1 of them get no more texts."
    assert told[1] == f"1 rows were held back; {aside} says why."
    assert Address.objects.get().on_registry
    with aside.open(newline="") as stream:
        assert list(csv.reader(stream))[1] == ["3", "'602' is no phone number", "602", "yes", "2026-11-01"]


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
