"""`rewarm erase` finds the one person that is meant, and `rewarm emergency` says what follows."""

from __future__ import annotations

from typing import Any

import pytest

from rewarm.actions.declare import declare
from rewarm.cli.person import found
from rewarm.errors import RewarmError
from rewarm.models import Address, Workspace


def test_a_person_is_found_in_any_spelling_of_the_phone(house: Any) -> None:
    sarah = house.contact("Sarah", "+12125550101")
    assert found(house.workspace, "(212) 555-0101", "") == sarah
    with pytest.raises(RewarmError, match="Nobody here"):
        found(house.workspace, "nobody@example.com", "")


def test_who_shares_a_phone_is_told_apart_by_name(house: Any) -> None:
    sarah, john = house.contact("Sarah", "+12125550101"), house.contact("John", "+12125550102")
    Address.objects.filter(contact=john).update(address="+12125550101")
    with pytest.raises(RewarmError, match=r"--name: Sarah Miller, John Miller share"):
        found(house.workspace, "+12125550101", "")
    assert found(house.workspace, "+12125550101", "sarah") == sarah


def test_an_emergency_is_flagged_and_over(house: Any) -> None:
    who = {"by": house.priya, "now": house.now}
    assert "No advertising goes to anybody who may be in New York" in declare(house.workspace, "New York", **who)
    assert "No ban" in declare(house.workspace, "tx", **who)
    assert Workspace.objects.get(id=house.workspace.id).emergencies == ["NY", "TX"]
    assert declare(house.workspace, "NY", over=True, **who) == "The emergency in New York is over."
    assert Workspace.objects.get(id=house.workspace.id).emergencies == ["TX"]
    with pytest.raises(RewarmError, match="no state"):
        declare(house.workspace, "Bavaria", **who)
