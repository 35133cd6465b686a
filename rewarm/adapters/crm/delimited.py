"""Reads CSV and TSV files of any encoding, delimiter and quoting into plain rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

import charset_normalizer
import clevercsv

from rewarm.domain.table import RawTable, SourceRow

SNIFF_CHARACTERS = 60_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_DELIMITERS = ",;\t|"
csv.field_size_limit(16 * 1024 * 1024)


def read_delimited(name: str, content: bytes) -> RawTable:
    """Return the rows of a delimited text file; `row` counts records as a CSV reader sees them, from 1."""
    text, encoding = decode(content)
    dialect = _dialect(text)
    return RawTable(name, "delimited", tuple(_rows(text, dialect)), encoding=encoding, delimiter=dialect.delimiter)


def decode(content: bytes) -> tuple[str, str]:
    """Return the text of `content` and the encoding: BOM, then UTF-8, then UTF-16 without BOM, then a guess among 8-bit sets.

    charset-normalizer calls short Windows-1252 texts "cp1250" or Chinese, so what looks Western is read as Western.
    """
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content.decode(encoding, errors="replace"), encoding
    if b"\0" in content[:4000]:
        encoding = "utf-16-le" if content[1:4000:2].count(0) >= content[0:4000:2].count(0) else "utf-16-be"
        return content.decode(encoding, errors="replace"), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if _is_western(content):
        return content.decode("cp1252", errors="replace"), "cp1252"
    best = charset_normalizer.from_bytes(content[:200_000]).best()
    guess = best.encoding if best is not None else "cp1252"
    return content.decode(guess, errors="replace"), guess


def _is_western(content: bytes) -> bool:
    """Tell Western 8-bit text, whose accented letters stand alone among plain ones, from Cyrillic, Greek or Chinese."""
    runs = [len(run) for run in _HIGH.findall(content[:200_000])]
    return sum(length for length in runs if length == 1) * 2 >= sum(runs)


def _dialect(text: str) -> csv.Dialect:
    sample = text[:SNIFF_CHARACTERS]
    if len(text) > SNIFF_CHARACTERS:
        sample = sample[: sample.rfind("\n") + 1] or sample
    found = _by_counting(sample) or _by_consistency(sample)

    class Found(csv.excel):
        delimiter = found[0]
        quotechar = found[1] or '"'
        escapechar = found[2] or None
        doublequote = not found[2]
        quoting = csv.QUOTE_MINIMAL

    return Found()


def _by_counting(sample: str) -> tuple[str, str, str] | None:
    """Settle the usual case fast: one delimiter splits nearly all records into one width of at least three."""
    best: tuple[float, str] | None = None
    if '\\"' in sample or sample.count("'") > 2 * sample.count('"') + 20:
        return None
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row][:400]
        if not widths:
            continue
        common = max(set(widths), key=widths.count)
        share = widths.count(common) / len(widths)
        if common >= 3 and share > 0.6 and (best is None or share * common > best[0]):
            best = (share * common, delimiter)
    return (best[1], '"', "") if best else None


def _by_consistency(sample: str) -> tuple[str, str, str]:
    try:
        found = clevercsv.Detector().detect(sample[:20_000], delimiters=list(_DELIMITERS))
    except Exception:  # the detector is heuristic and its failures are many; a comma is right then
        found = None
    if found is None or found.delimiter not in tuple(_DELIMITERS):
        return ",", '"', ""
    return found.delimiter, found.quotechar or '"', found.escapechar or ""


def _rows(text: str, dialect: csv.Dialect) -> Iterator[SourceRow]:
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), dialect)
    line = 1
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            number, line = number + 1, reader.line_num + 1
            continue
        number += 1
        yield SourceRow(number, line, tuple(cells))
        line = reader.line_num + 1
