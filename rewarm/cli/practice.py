"""Opens a workspace for a practice: who it is, who owns it, which gateway and mail server carry its messages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from rewarm.adapters import postgres
from rewarm.errors import SetupError
from rewarm.home import setting

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
WEEK = {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@app.command()
def practice(
    name: Annotated[str, typer.Option(prompt="Name of the practice")],
    legal_name: Annotated[str, typer.Option(prompt="Legal name (who holds the consent)")],
    zone: Annotated[str, typer.Option(prompt="Time zone, as in America/New_York")],
    phone: Annotated[str, typer.Option(prompt="Phone number that texts come from, as in +12125550199")],
    email: Annotated[str, typer.Option(prompt="Mailbox of the front desk")],
    address: Annotated[str, typer.Option(prompt="Postal address (stands under every letter)")],
    owner: Annotated[str, typer.Option(prompt="Your e-mail address, to log in with")],
    owner_name: Annotated[str, typer.Option(prompt="Your name")],
    password: Annotated[
        str, typer.Option(prompt="A password, ten characters or more", hide_input=True, confirmation_prompt=True)
    ],
    clinician: Annotated[list[str] | None, typer.Option(help="who sees people; may be given several times")] = None,
    kannel: Annotated[str, typer.Option(help="SMS gateway: http://user:password@host:13013")] = "",
    smtp: Annotated[str, typer.Option(help="mail server: smtp://user:password@host:587")] = "",
    pack: Annotated[str, typer.Option(help="content pack")] = "audiology",
) -> None:
    """Open a workspace for a practice and its first user; messages leave only once a gateway is named."""
    facts: dict[str, Any] = {
        "name": name, "legal_name": legal_name, "zone": _zone(zone), "phone": phone, "email": email.strip().lower(),
        "postal_address": address, "pack": pack, "clinicians": dict.fromkeys(clinician or ["The practice"], WEEK),
    }  # fmt: skip
    with postgres.ensure():
        from rewarm.cli.upkeep import bring_up_to_date

        bring_up_to_date()
        slug = _open(facts, owner, owner_name, password, kannel, smtp)
    typer.echo(f"{name} is open as “{slug}”. Next: rewarm import --workspace {slug} FILE…, then rewarm up.")


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name.strip()).key
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SetupError(f"“{name}” is no time zone: write one as in America/Los_Angeles.") from error


def _open(facts: dict[str, Any], owner: str, owner_name: str, password: str, kannel: str, smtp: str) -> str:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import IntegrityError, transaction
    from django.utils.text import slugify

    from rewarm.actions.found import Practice, found
    from rewarm.adapters.phone_numbers import parse
    from rewarm.models import User

    phone = parse(facts["phone"], "US")
    if phone is None:
        raise SetupError(f"“{facts['phone']}” is no phone number: write it as in +12125550199.")
    try:
        validate_password(password)
    except ValidationError as error:
        raise SetupError(" ".join(error.messages)) from error
    slug: str = slugify(facts["name"])
    try:
        with transaction.atomic():
            user = User.objects.filter(email=owner.strip().lower()).first() or User.objects.create_user(
                owner, password, name=owner_name
            )
            found(
                Practice(
                    slug=slug,
                    public_url=setting("PUBLIC_URL", "http://127.0.0.1:8765"),
                    profile={"sender_name": owner_name.split()[0], "phone_spoken": facts["phone"]},
                    lines=_lines(phone, facts, kannel, smtp),
                    **{**facts, "phone": phone},
                ),
                owner=user,
                now=datetime.now(UTC).replace(microsecond=0),
            )
    except IntegrityError as error:
        raise SetupError(f"There is a workspace “{slug}” already.") from error
    return slug


def _lines(phone: str, facts: dict[str, Any], kannel: str, smtp: str) -> list[Any]:
    from urllib.parse import unquote, urlsplit

    from rewarm.actions.found import Line

    lines = []
    if kannel:
        gate = urlsplit(kannel)
        lines.append(
            Line(
                "text", "sms", "kannel", phone, facts["name"],
                {
                    "url": f"{gate.scheme}://{gate.hostname}:{gate.port or 13013}", "username": unquote(gate.username or ""),
                    "password": unquote(gate.password or ""),
                    "callbacks": setting("PUBLIC_HOOKS_URL", "http://" + setting("REWARM_HOOKS_LISTEN", "127.0.0.1:8766")),
                },
            )
        )  # fmt: skip
    if smtp:
        server = urlsplit(smtp)
        login = (
            {"username": unquote(server.username), "password": unquote(server.password or "")}
            if server.username
            else {}
        )
        lines.append(
            Line(
                "mail", "email", "smtp", facts["email"], facts["name"],
                {"host": server.hostname, "port": server.port or 587, "starttls": bool(server.username), **login},
            )
        )  # fmt: skip
    return lines
