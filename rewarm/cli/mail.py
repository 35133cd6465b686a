"""Prepares a domain for mail: `rewarm mail key DOMAIN` makes a key to sign with, `rewarm mail check DOMAIN` asks the DNS."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Annotated

import typer

from rewarm.errors import SetupError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
CHUNK = 255  # characters; longer text stands in a TXT record as several strings (RFC 1035, section 3.3.14)
Domain = Annotated[str, typer.Argument(help="what stands behind the @ of your addresses")]
Selector = Annotated[str, typer.Option(help="name of the key in the DNS; a new key takes a new one")]


@app.command()
def key(
    domain: Domain,
    out: Annotated[str, typer.Option(help="file for the settings of the sender; it must not exist yet")],
    selector: Selector = "rewarm1",
) -> None:
    """Make a key for DKIM: the private half goes into a file that only you can read, the record is printed."""
    from rewarm.adapters.channels.dkim import Signer, make_key

    settings = {"domain": domain, "selector": selector, "key": make_key()}
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({"dkim": settings}, file, indent=1)
    except OSError as error:
        raise SetupError(f"Cannot write {out}: {error.strerror}.") from error
    record = Signer.of(settings).record
    parts = " ".join(f'"{record[at : at + CHUNK]}"' for at in range(0, len(record), CHUNK))
    typer.echo(f"{selector}._domainkey.{domain}.  TXT  {parts}")


@app.command()
def check(
    domain: Domain,
    selector: Selector = "rewarm1",
    settings: Annotated[str, typer.Option(help="the file of the key, to compare it with what is published")] = "",
    server: Annotated[str, typer.Option(help="ask this name server, as in 9.9.9.9 or 127.0.0.1:5353")] = "",
) -> None:
    """Ask the DNS what mailbox providers will ask it: SPF, DKIM and DMARC; 1 when something is missing."""
    from rewarm.adapters.channels.dkim import Signer
    from rewarm.cli.sender import read_settings
    from rewarm.domain.mail_records import read_dkim, read_dmarc, read_spf

    ours = Signer.of(read_settings(settings)["dkim"]).record if settings else ""
    findings = (
        read_spf(look_up(domain, server)),
        read_dkim(look_up(f"{selector}._domainkey.{domain}", server), ours),
        read_dmarc(look_up(f"_dmarc.{domain}", server)),
    )
    for finding in findings:
        typer.echo(f"{'ok ' if finding.fine else 'NO '} {finding.record:<6} {finding.said}")
    if not all(finding.fine for finding in findings):
        raise typer.Exit(1)


def look_up(name: str, server: str = "") -> Sequence[str]:
    """Return the TXT records of a name, none when there are none; raises SetupError when nobody answers."""
    try:
        import dns.exception
        import dns.resolver
    except ModuleNotFoundError as missing:
        raise SetupError("Asking the DNS needs a package more: pip install dnspython.") from missing
    resolver = dns.resolver.Resolver(configure=not server)
    if server:
        host, _, port = server.partition(":")
        resolver.nameservers, resolver.port = [host], int(port or 53)
    try:
        answer = resolver.resolve(name, "TXT", lifetime=10)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except dns.exception.DNSException as error:
        raise SetupError(f"The DNS does not answer for {name}: {error}") from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
