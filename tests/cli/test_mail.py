"""`rewarm mail`: a key is made once and kept from others, and a name server says what is published."""

import json
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.message
import dns.rcode
import dns.rrset
import pytest

from rewarm.cli import run


@contextmanager
def name_server(records: dict[str, str]) -> Iterator[str]:
    """Answer questions for TXT over UDP, as the DNS does."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))

    def serve() -> None:
        while (packet := line.recvfrom(4096))[0]:
            question = dns.message.from_wire(packet[0])
            answer = dns.message.make_response(question)
            name = question.question[0].name.to_text()
            if name in records:
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", records[name]))
            else:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            line.sendto(answer.to_wire(), packet[1])

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"127.0.0.1:{line.getsockname()[1]}"
    finally:
        line.sendto(b"", line.getsockname())
        thread.join()
        line.close()


def test_a_key_is_made_published_and_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "dkim.json"
    assert run(["mail", "key", "elm.example", "--selector", "k7", "--out", str(file)]) == 0
    name, kind, record = capsys.readouterr().out.strip().split(maxsplit=2)
    assert (name, kind) == ("k7._domainkey.elm.example.", "TXT")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "PRIVATE KEY" in json.loads(file.read_text())["dkim"]["key"]
    check = ["mail", "check", "elm.example", "--selector", "k7", "--settings", str(file), "--server"]
    with name_server({name: record}) as server:
        assert run([*check, server]) == 1
        assert [line[:10].split() for line in capsys.readouterr().out.splitlines()] == [
            ["NO", "SPF"], ["ok", "DKIM"], ["NO", "DMARC"],
        ]  # fmt: skip
    published = {name: record, "elm.example.": '"v=spf1 mx -all"', "_dmarc.elm.example.": '"v=DMARC1; p=none"'}
    with name_server(published) as server:
        assert run([*check, server]) == 0


def test_a_key_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "dkim.json"
    file.write_text("mine")
    assert run(["mail", "key", "elm.example", "--out", str(file)]) == 1
    assert "File exists" in capsys.readouterr().err
    assert file.read_text() == "mine"
