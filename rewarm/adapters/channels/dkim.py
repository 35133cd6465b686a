"""Signs letters with the key of their domain, so that mailbox providers know who answers for them (DKIM, RFC 6376)."""

import re
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from textwrap import wrap
from typing import Self

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from rewarm.adapters.channels import Config
from rewarm.errors import SetupError

# Both list headers must be covered, or nobody honours the click (RFC 8058, section 4).
ONCE = ("from", "to", "subject", "date", "reply-to", "message-id", "list-unsubscribe", "list-unsubscribe-post")
COVERED = (*ONCE, "mime-version", "content-type", "content-transfer-encoding")
FOLD = "\r\n "
LEAST_BITS = 1024  # Gmail takes no less; RFC 8301 asks signers for 2048, which is what we make
_WHITE = re.compile(rb"[ \t]+")
_FIELD = re.compile(rb"([^:\r\n]+):((?:[^\r\n]|\r\n[ \t])*)\r\n")

Field = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Signer:
    """The key of one domain, and the selector under which its public half stands in the DNS."""

    domain: str
    selector: str
    key: rsa.RSAPrivateKey

    @classmethod
    def of(cls, config: Config) -> Self:
        """Read `domain`, `selector` and `key` (PEM); raises KeyError and SetupError for what nobody could verify."""
        try:
            key = serialization.load_pem_private_key(config["key"].encode(), password=None)
        except (ValueError, TypeError) as error:
            raise SetupError("The DKIM key is no private key in PEM; `rewarm mail key` makes one.") from error
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < LEAST_BITS:
            raise SetupError(f"The DKIM key must be RSA of {LEAST_BITS} bits or more: providers verify no other.")
        return cls(config["domain"], config["selector"], key)

    def sign(self, letter: bytes) -> bytes:
        """Put a signature before a letter (CRLF, 7 bit), relaxed/relaxed.

        A header that may stand once is covered once more than it stands: a second From, Subject or way out that
        somebody adds on the way breaks the signature (RFC 6376, section 8.15).
        """
        head, _, body = letter.partition(b"\r\n\r\n")
        fields: list[Field] = _FIELD.findall(head + b"\r\n")
        covered = _covered(fields)
        names = f":{FOLD}".join(line.replace(" ", ":") for line in wrap(" ".join(covered), 72, break_on_hyphens=False))
        tags = (
            f" v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector};{FOLD}"
            f"t={int(time.time())}; bh={_base64(sha256(_relaxed_body(body)).digest())};{FOLD}"
            f"h={names};{FOLD}b="
        )
        said = b"".join(_relaxed(field) + b"\r\n" for field in _chosen(covered, fields))
        said += _relaxed((b"DKIM-Signature", tags.encode()))
        signature = _base64(self.key.sign(said, padding.PKCS1v15(), hashes.SHA256()))
        return f"DKIM-Signature:{tags}{FOLD.join(wrap(signature, 72))}\r\n".encode() + letter

    @property
    def record(self) -> str:
        """What must stand in the DNS as TXT under `<selector>._domainkey.<domain>`."""
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return f"v=DKIM1; k=rsa; p={_base64(public)}"


def make_key() -> str:
    """Make a private key of 2048 bits, as PEM: the longest whose record every DNS host takes."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _covered(fields: Sequence[Field]) -> list[str]:
    """Name the headers that are signed, each as often as it stands and those that may stand once, once more."""
    stands = Counter(name.decode().lower() for name, _ in fields)
    names = [name for name in COVERED if name in stands]
    return [each for name in names for each in [name] * (stands[name] + (name in ONCE))]


def _chosen(covered: Sequence[str], fields: Sequence[Field]) -> Iterator[Field]:
    """Give the header that each name means: of several the lowest first, nothing when none is left (section 5.4.2)."""
    left = list(fields)
    for wanted in covered:
        found = next((field for field in reversed(left) if field[0].decode().lower() == wanted), None)
        if found is not None:
            left.remove(found)
            yield found


def _relaxed(field: Field) -> bytes:
    """Spell a header as it is signed (section 3.4.2)."""
    name, text = field
    return name.lower().strip() + b":" + _WHITE.sub(b" ", text.replace(b"\r\n", b"")).strip()


def _relaxed_body(body: bytes) -> bytes:
    """Spell a body as it is signed: white space counts once, at the end of a line or of the letter not at all (3.4.4)."""
    body = _WHITE.sub(b" ", body).replace(b" \r\n", b"\r\n")
    while body.endswith(b"\r\n"):
        body = body[:-2]
    return body and body + b"\r\n"


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode()
