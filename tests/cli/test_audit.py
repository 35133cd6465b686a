"""`rewarm audit` finds its practice, and sets on paper what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rewarm.actions.audit import audit
from rewarm.cli.audit import _chosen, _write
from rewarm.errors import RewarmError


def test_the_only_practice_needs_no_name(house: Any) -> None:
    assert _chosen("").slug == "harbor"
    assert _chosen("harbor") == house.workspace


def test_a_name_that_does_not_exist_lists_those_that_do(house: Any) -> None:
    with pytest.raises(RewarmError, match="harbor"):
        _chosen("habor")


def test_the_paper_is_a_pdf(house: Any, tmp_path: Path) -> None:
    house.contact("Sarah", "+12125550101", segment="inquired_never_scheduled")
    _write(tmp_path / "audit.pdf", house.workspace, audit(house.workspace, house.now), house.now)
    assert (tmp_path / "audit.pdf").read_bytes().startswith(b"%PDF-")


def test_a_folder_that_is_missing_is_said_in_words(house: Any, tmp_path: Path) -> None:
    with pytest.raises(RewarmError, match="No such file"):
        _write(tmp_path / "nowhere" / "audit.pdf", house.workspace, audit(house.workspace, house.now), house.now)
