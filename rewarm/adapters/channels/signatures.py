"""Tells whether a carrier signed what came in its name: one function a scheme, each as its vendor documents it."""

import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import parse_qs, parse_qsl, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from rewarm.adapters.channels import Callback

FORM = "application/x-www-form-urlencoded"
TOLERANCE = timedelta(minutes=5)
_UNDERSCORED = str.maketrans("&=", "__")


def signed_by_twilio(callback: Callback, secret: str) -> bool:
    """Compare X-Twilio-Signature: a keyed hash of the public address and the form, or of the hash of any other body.

    Twilio signs no time, so a replay fits, too: it is known by its message id. Its newer shared keys name their method
    in a header of their own. Source: twilio.com/docs/usage/security.
    """
    said = ""
    if callback.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
        form = parse_qsl(callback.body.decode(errors="replace"), keep_blank_values=True)
        said = "".join(name + text for name, text in sorted(set(form)))
    elif callback.body:
        named = parse_qs(urlsplit(callback.url).query).get("bodySHA256", [""])[0]
        if not _same(sha256(callback.body).hexdigest(), named):
            return False
    settings = callback.headers.get("x-twilio-webhooks-signature-settings", "")
    method = "sha256" if re.search(r"algorithm\s*=\s*HMAC_SHA256\b", settings, re.IGNORECASE) else "sha1"
    given = callback.headers.get("x-twilio-signature", "")
    made = (hmac.digest(secret.encode(), f"{url}{said}".encode(), method) for url in _spellings(callback.url))
    return any(_same(b64encode(one).decode(), given) for one in made)


def signed_by_vonage(said: Mapping[str, str], secret: str, method: str) -> bool:
    """Compare `sig`: a keyed hash of all other fields in the order of their names.

    Source: developer.vonage.com, "Signing messages". `method` is sha256 or sha512, as chosen in the dashboard.
    """
    fields = sorted((name, text.translate(_UNDERSCORED)) for name, text in said.items() if name != "sig")
    signed = "".join(f"&{name}={text}" for name, text in fields)
    made = hmac.new(secret.encode(), signed.encode(errors="replace"), method).hexdigest()
    return _same(made, said.get("sig", "").lower())


def signed_by_telnyx(callback: Callback, key: Ed25519PublicKey, now: datetime) -> bool:
    """Verify the ed25519 signature over the time and the body, made within five minutes of now.

    Source: developers.telnyx.com, "Webhook fundamentals".
    """
    made, given = (callback.headers.get(f"telnyx-{name}", "") for name in ("timestamp", "signature-ed25519"))
    if not re.fullmatch(r"[0-9]{1,12}", made) or abs(int(now.timestamp()) - int(made)) > TOLERANCE.total_seconds():
        return False
    try:
        key.verify(b64decode(given, validate=True), f"{made}|".encode() + callback.body)
    except (ValueError, InvalidSignature):
        return False
    return True


def _spellings(url: str) -> tuple[str, str]:
    """Write an address without and with its port: Twilio signs either."""
    parts = urlsplit(url)
    host = re.sub(r":\d+$", "", parts.netloc)
    port = parts.port or {"https": 443}.get(parts.scheme, 80)
    return url.replace(parts.netloc, host, 1), url.replace(parts.netloc, f"{host}:{port}", 1)


def _same(ours: str, theirs: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(ours.encode(), theirs.encode(errors="replace"))
