"""An adapter is short enough to be read at one sitting, and the page that says so is true."""

import re

from tests.adapters.line_counts import BEGIN, END, PAGE, code_lines, counts

MOST = 120
STALE = 10  # a page may be this many lines behind; then: python -m tests.adapters.line_counts --write


def test_an_adapter_has_at_most_120_lines_of_code() -> None:
    adapters, _ = counts()
    assert {"kannel.py", "twilio.py", "vonage.py", "smpp.py", "smtp.py"} <= set(adapters)
    assert {name: lines for name, lines in adapters.items() if lines > MOST} == {}


def test_the_page_shows_the_counts_of_today() -> None:
    shown = dict(
        re.findall(r"^\| `(\w+\.py)` \| (\d+) \|$", PAGE.read_text().split(BEGIN)[1].split(END)[0], re.MULTILINE)
    )
    adapters, _ = counts()
    assert set(shown) == set(adapters), "run: python -m tests.adapters.line_counts --write"
    assert {name: lines for name, lines in adapters.items() if abs(lines - int(shown[name])) > STALE} == {}


def test_blank_lines_comments_and_docstrings_are_no_code() -> None:
    source = '"""One\n\ntwo."""\n\n# three\nx = """a\nb"""  # four\n\n\ndef f() -> None:\n    """Five."""\n    return\n'
    assert code_lines(source) == 4
