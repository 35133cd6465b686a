"""Shows what a mail that came in would be read as: `rewarm try mail notice.eml …`, one JSON object a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rewarm.adapters.bounce_words import bounce_words
from rewarm.adapters.incoming_mail import read_mail
from rewarm.adapters.mail_parts import take_apart
from rewarm.cli.try_ import Line
from rewarm.domain.bounce import read


def main(argv: list[str]) -> int:
    """Read the files that are named, or one mail from stdin; a file that is not there says so. Returns the exit code."""
    failed = False
    for name in argv or ["-"]:
        try:
            mail = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            failed = True
            print(json.dumps({"file": name, "error": str(error)}))
            continue
        print(json.dumps({"file": name, **as_line(mail)}, ensure_ascii=False))
    return 1 if failed else 0


def as_line(mail: bytes) -> Line:
    """Write what a mail means: bounces with their address and how grave they are, or what somebody wrote."""
    told = read(take_apart(mail).notice(), bounce_words())
    said = [one for one in read_mail(mail) if one.kind in ("inbound", "unsubscribed")]
    return {
        "bounces": [
            {
                "address": one.address, "kind": one.kind, "status": one.status, "reason": one.reason,
                "message_id": one.message_id, "our_id": one.our_id, "given_up": one.given_up,
            }
            for one in told
        ],
        "from": said[0].from_address if said else None,
        "text": said[0].text if said else None,
        "our_id": said[0].our_id if said else None,
        "automatic": bool(said and said[0].reason),
        "unsubscribe": bool(said and said[0].kind == "unsubscribed"),
    }  # fmt: skip
