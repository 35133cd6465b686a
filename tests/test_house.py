"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("rewarm", "town", "tests", "benchmarks")
# They name nothing: STYLE.md.
EMPTY_NAMES = re.compile(r"(^|_)(utils?|helpers?|common|managers?|services?|handlers?|processors?|data|info)(_|$)")
TOO_LONG = 500  # lines; the rule is 350, and a test that nags about every line helps nobody


def sources(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        yield from (ROOT / room).rglob("*.py")


def test_arrows_between_rooms_point_down() -> None:
    lint = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert lint, "import-linter is not installed: make test installs it"
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_files_and_folders_are_named_after_something() -> None:
    named = (part for path in sources(*ROOMS) for part in path.relative_to(ROOT).with_suffix("").parts)
    assert {part for part in named if EMPTY_NAMES.search(part)} == set()


def test_files_say_what_they_are_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources("rewarm", "town")
        if "migrations" not in path.parts and path.read_text().strip() and not path.read_text().startswith('"""')
    ]
    assert silent == []


def test_files_are_short() -> None:
    long = {
        str(path.relative_to(ROOT)): length
        for path in sources("rewarm", "town")
        if "migrations" not in path.parts and (length := len(path.read_text().splitlines())) > TOO_LONG
    }
    assert long == {}


def test_every_setting_is_documented() -> None:
    read = re.compile(r"""(?:\bsetting\(|\bgetenv\(|\benviron(?:\.get\(|\.setdefault\(|\[))\s*["']([A-Z][A-Z_]+)["']""")
    ours = {name for path in sources("rewarm", "town") for name in read.findall(path.read_text())}
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE))
    elsewhere = {"DJANGO_SETTINGS_MODULE", "PATH", "HOME", "XDG_RUNTIME_DIR"}
    assert ours - elsewhere - documented == set(), "add these to docs/reference/settings.md"
    assert documented - ours == set(), "docs/reference/settings.md lists settings that nothing reads"


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_requirements_are_hashed_and_name_no_index(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(-i|--index|--extra-index|--find-links|--trusted)", text, re.MULTILINE)
    pinned = re.split(r"^(?=[\w.-]+(?:\[[\w,]+\])?==)", text, flags=re.MULTILINE)[1:]
    assert pinned
    assert [line.split()[0] for line in pinned if "--hash=sha256:" not in line] == []


def test_direct_needs_are_pinned() -> None:
    for name in ("runtime", "dev"):
        wanted = re.findall(r"^([\w-]+)", (ROOT / "requirements" / f"{name}.in").read_text(), re.MULTILINE)
        pinned = (ROOT / "requirements" / f"{name}.txt").read_text().lower()
        assert [need for need in wanted if need[0] != "-" and f"\n{need.lower()}" not in pinned] == []


def test_the_code_knows_no_ears() -> None:
    """Words of a trade belong in its pack; a docstring may use them in an example."""
    ears = re.compile(
        r"\b(hearing (aid|test|care|loss|exam|check)s?|tinnitus|audiolog\w+|cochlear|earmold|decibel)\b", re.IGNORECASE
    )
    allowed = {"demo", "packs", "migrations", "demo.py", "play.py"}  # these play the audiology practice
    told = {
        f"{path.relative_to(ROOT)}:{line}: {text[:60]}"
        for path in sources("rewarm")
        if not allowed & set(path.parts)
        for line, text in spoken(path)
        if ears.search(text.replace("audiology", ""))  # the name of the shipped pack
    }
    assert told == set()


def spoken(path: Path) -> Iterator[tuple[int, str]]:
    """Return the strings of a file that are no docstrings, with their lines."""
    tree = ast.parse(path.read_text())
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def test_links_in_the_documents_lead_somewhere() -> None:
    done = subprocess.run([sys.executable, "bin/check-links"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
