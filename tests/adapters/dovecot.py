"""Runs a real dovecot: mail goes in by LMTP and is read by IMAP, as in a practice that has a mail server."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.adapters import rigs

PASSWORD = "pw"
CONF = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/mail/%u
mail_uid = {mail_user}
mail_gid = {mail_group}
first_valid_uid = 1
first_valid_gid = 1
imap_capability = {capability}
default_internal_user = {inner}
default_login_user = {login}
default_internal_group = {inner_group}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={home}/mail/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""


@dataclass
class Dovecot:
    """A running server; any user name has a mailbox there."""

    home: Path
    conf: Path
    imap: int
    lmtp: int
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def settings(self, user: str = "care", **more: Any) -> dict[str, Any]:
        """What a sender's settings say about this mailbox."""
        return {
            "imap_host": "127.0.0.1", "imap_port": self.imap, "imap_username": user, "imap_password": PASSWORD,
            "imap_tls": "no", **more,
        }  # fmt: skip

    def deliver(self, mail: bytes, user: str = "care", sender: str = "sarah@mail.example") -> None:
        """Bring a mail into a mailbox; an empty sender is the null reverse-path of a bounce."""
        with smtplib.LMTP("127.0.0.1", self.lmtp, local_hostname="mx.example") as server:
            server.sendmail(sender or "<>", [user], mail)

    def mails(self, folder: str = "INBOX", user: str = "care") -> dict[str, tuple[str, ...]]:
        """The subjects in a folder, each with its flags."""
        import imap_tools

        with imap_tools.MailBoxUnencrypted("127.0.0.1", self.imap).login(user, PASSWORD) as box:
            if not box.folder.exists(folder):
                return {}
            box.folder.set(folder)
            return {mail.subject: mail.flags for mail in box.fetch(mark_seen=False)}

    def start(self) -> None:
        """Begin to listen."""
        command = [str(_program()), "-F", "-c", str(self.conf)]
        with open(self.home / "out.log", "a") as log:
            self._running.append(subprocess.Popen(command, stdout=log, stderr=log))
        rigs.until(lambda: rigs.listens(self.imap) and rigs.listens(self.lmtp), what=f"dovecot ({self.home})")

    def stop(self) -> None:
        """Cut every line."""
        while self._running:
            rigs.stop(self._running.pop())
        rigs.until(lambda: not rigs.listens(self.imap), what="dovecot's end")


@contextmanager
def dovecot(*, idle: bool = True) -> Iterator[Dovecot]:
    """Start dovecot on free ports; skip where it is not installed, except in CI."""
    if _program() is None:
        reason = "Dovecot is not installed: apt-get install dovecot-imapd dovecot-lmtpd"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))  # a short path: sockets lie in it
    server = Dovecot(home, home / "dovecot.conf", rigs.free_port(), rigs.free_port())
    for name in ("run", "state", "mail"):
        (home / name).mkdir()
    server.conf.write_text(
        CONF.format(
            home=home, imap=server.imap, lmtp=server.lmtp, password=PASSWORD, capability="" if idle else "IMAP4rev1",
            **_users(home),
        )
    )  # fmt: skip
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _program() -> str | None:
    return shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")


def _users(home: Path) -> dict[str, str]:
    """As root dovecot uses the users of its package, and mail belongs to nobody who may log in; else all is ours."""
    if os.geteuid() == 0:
        home.chmod(0o755)
        shutil.chown(home / "mail", "mail", "mail")
        return {
            "inner": "dovecot",
            "inner_group": "dovecot",
            "login": "dovenull",
            "mail_user": "mail",
            "mail_group": "mail",
        }
    user, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
    return {"inner": user, "inner_group": group, "login": user, "mail_user": user, "mail_group": group}
