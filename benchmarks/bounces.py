"""Scores the reading of incoming mail against real mails: `python -m benchmarks.bounces [--half A|B] [--show] [FOLDER]`.

A half is chosen by the hash of the file's name, so that rules can be written on one (A) and judged on the other (B). A name
says what a mail is: `not_a_bounce…`, `arf-…` (a complaint), else a bounce; `flufl_expected.json` names the addresses of some.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from benchmarks import Claim, cpu_seconds
from rewarm.adapters.bounce_words import bounce_words
from rewarm.adapters.incoming_mail import read_mail
from rewarm.adapters.mail_parts import take_apart
from rewarm.adapters.unquote import own_words
from rewarm.domain.bounce import Bounce, read

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
BOUNCES, REPLIES = SHARED / "bounce_mails", SHARED / "email_replies"
EXPECTED = "flufl_expected.json"


@dataclass
class Score:
    """What was found in a folder of mails."""

    real: int = 0
    found: int = 0
    complaints: int = 0
    as_complaints: int = 0
    harmless: int = 0
    false: int = 0
    expected: int = 0
    exact: int = 0
    missed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(
            (
                f"bounces with an address      {_share(self.found, self.real)}",
                f"complaints told as such      {_share(self.as_complaints, self.complaints)}",
                f"others taken for a bounce    {_share(self.false, self.harmless)}",
                f"exactly the expected ones    {_share(self.exact, self.expected)}",
            )
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Print one table, and with --show what each mail says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=BOUNCES)
    parser.add_argument("--half", choices=("A", "B"))
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args(argv)
    mails = [path for path in _mails(asked.folder) if asked.half in (None, half(path.name))]
    if asked.show:
        for path in mails:
            for one in bounces_in(path):
                print(f"{path.name:<32} {one.kind:<10} {one.status:<7} {one.address:<40} {one.reason[:60]}")
    scored = score(mails, _expected(asked.folder))
    print(scored)
    print("without an address:", ", ".join(scored.missed) or "none")
    return 0


def run() -> Iterator[Claim]:
    """Yield what is found in real mails, what is taken for a bounce and is none, and the time that it takes."""
    for name, mails in (("here", _mails(BOUNCES)), *((f"half {one}", _half(one)) for one in "AB")):
        scored = score(mails, _expected(BOUNCES))
        yield Claim(
            f"bounces with an address, {name}", 100 * scored.found / scored.real, "%", note="flufl.bounce: 74.9"
        )
        yield Claim(f"older mails, exact addresses, {name}", 100 * scored.exact / scored.expected, "%")
    whole = score(_mails(BOUNCES), {})
    yield Claim("non-bounces taken for one", whole.false, "mails", note=f"of {whole.harmless}")
    yield Claim("answers taken for a bounce", sum(_taken_for_bounce()), "mails", note=f"of {len(_answers())}")
    letters = [path.read_bytes() for path in _mails(BOUNCES)]
    seconds = cpu_seconds(lambda: [read_mail(one) for one in letters], best_of=3)
    yield Claim("reading a notice", 1_000 * seconds / len(letters), "ms")
    longest = max(_answers(), key=len)
    yield Claim(
        "reading the longest reply",
        1_000 * cpu_seconds(lambda: own_words(longest)),
        "ms",
        note=f"{len(longest):,} characters",
    )


def score(mails: Iterable[Path], expected: Mapping[str, Sequence[str]]) -> Score:
    """Count what is found in these mails."""
    found = Score()
    for path in mails:
        told = bounces_in(path)
        addresses = [one.address for one in told if one.address]
        if path.name in expected:
            found.expected += 1
            found.exact += sorted(addresses) == sorted(one.lower() for one in expected[path.name])
        elif path.name.startswith("not_a_bounce"):
            found.harmless += 1
            found.false += bool(told)
        elif path.suffix == ".eml":
            found.real += 1
            found.found += bool(addresses)
            found.missed += [] if addresses else [path.name]
            if path.name.startswith("arf-"):
                found.complaints += 1
                found.as_complaints += any(one.kind == "complaint" for one in told)
    return found


def bounces_in(path: Path) -> tuple[Bounce, ...]:
    """Read the failures and complaints of one mail."""
    return read(take_apart(path.read_bytes()).notice(), bounce_words())


def half(name: str) -> str:
    """Return the half that a file belongs to."""
    return "AB"[int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2]


def _half(wanted: str) -> list[Path]:
    return [path for path in _mails(BOUNCES) if half(path.name) == wanted]


def _mails(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in (".eml", ".txt") and path.name != "SOURCE.txt")


def _expected(folder: Path) -> dict[str, list[str]]:
    path = folder / EXPECTED
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {f"flufl__{name}": addresses for name, addresses in known.items()}


def _answers() -> list[str]:
    return [path.read_text(encoding="utf-8", errors="replace") for path in sorted(REPLIES.glob("*__*.txt"))]


def _taken_for_bounce() -> Iterator[bool]:
    for text in _answers():
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = (
            "sarah@mail.example",
            "care@elmstreet.example",
            "Re: Undelivered mail",
        )
        mail.set_content(text)
        yield any(one.kind != "inbound" for one in read_mail(mail.as_bytes()))


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {part / whole:.3f}" if whole else "none"


if __name__ == "__main__":
    raise SystemExit(main())
