"""Opens an exported file by what it contains, not by its name, and returns its tables."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rewarm.adapters.crm.delimited import read_delimited
from rewarm.adapters.crm.spreadsheet import UnreadableFile, read_workbook
from rewarm.adapters.crm.vcard import read_vcards
from rewarm.domain.table import RawTable

__all__ = ["UnreadableFile", "read_content", "read_files"]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_files(paths: Iterable[Path]) -> list[RawTable]:
    """Return the tables of all files in order. Raises UnreadableFile, and OSError for files that cannot be opened."""
    return [table for path in paths for table in read_content(path.name, path.read_bytes())]


def read_content(name: str, content: bytes) -> list[RawTable]:
    """Return the tables in `content`: one for text and address books, one a sheet for workbooks."""
    if content.startswith((_ZIP, _OLE)):
        return read_workbook(name, content)
    head = content[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").upper()
    if head.startswith(b"BEGIN:VCARD") or (
        name.lower().endswith((".vcf", ".vcard")) and b"BEGIN:VCARD" in content.upper()
    ):
        return [read_vcards(name, content)]
    return [read_delimited(name, content)]
