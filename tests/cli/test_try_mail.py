"""`rewarm try mail` says what a mail would be read as."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rewarm.cli.try_ import main

NOTICE = """From: MAILER-DAEMON@mx.example
To: care@elmstreet.example
Subject: failure notice
In-Reply-To: <01890f3e-7a2b-7cc1-9d1e-5a4f9b8c7d6e@elmstreet.example>

<sarah@mail.example>:
550 5.1.1 unknown user
"""
ANSWER = "From: Sarah <sarah@mail.example>\nSubject: Re: Your question\n\nYes.\n\nOn Monday you wrote:\n> Would it?\n"


def test_files_are_answered_one_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notice.eml").write_text(NOTICE)
    (tmp_path / "answer.eml").write_text(ANSWER)
    names = [str(tmp_path / name) for name in ("notice.eml", "answer.eml", "missing.eml")]
    assert main(["mail", *names]) == 1, "one of them is not there"
    notice, answer, missing = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    (bounce,) = notice["bounces"]
    assert (bounce["address"], bounce["kind"], bounce["status"]) == ("sarah@mail.example", "hard", "5.1.1")
    assert bounce["our_id"] == "01890f3e-7a2b-7cc1-9d1e-5a4f9b8c7d6e"
    assert (answer["from"], answer["text"], answer["bounces"]) == ("sarah@mail.example", "Yes.", [])
    assert "No such file" in missing["error"]
