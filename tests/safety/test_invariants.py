"""What the list of invariants names is there: a test that was renamed away would assert nothing any more."""

import ast
from pathlib import Path

import pytest

from tests.safety.invariants import INVARIANTS, named

ROOT = Path(__file__).resolve().parents[2]


def test_the_list_is_whole() -> None:
    assert list(INVARIANTS) == [f"I{number}" for number in range(1, 16)]
    assert [name for name, one in INVARIANTS.items() if not one.oracle and not one.tests] == []


@pytest.mark.parametrize("name", named())
def test_every_named_test_exists(name: str) -> None:
    path, test = name.split("::")
    tree = ast.parse((ROOT / path).read_text())
    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_oracle_knows_what_it_is_said_to_know() -> None:
    words = "".join((ROOT / "tests" / "safety" / name).read_text() for name in ("oracle.py", "liveness.py"))
    assert [one.oracle for one in INVARIANTS.values() if one.oracle not in words] == []
