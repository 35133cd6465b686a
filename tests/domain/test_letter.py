"""The same few marks become plain text and HTML, and nothing else gets in."""

from rewarm.domain.letter import html, plain

LETTER = """Hi Sarah,

**One** thing
on two lines & a <tag>.

- first
- second, see [here](https://x.example/a)

[Choose a time](https://x.example/b?c=1&d=2)

--

12 Oak Street"""


def test_plain_text_keeps_words_lists_and_addresses() -> None:
    assert plain(LETTER).split("\n\n") == [
        "Hi Sarah,",
        "One thing on two lines & a <tag>.",
        "- first\n- second, see here: https://x.example/a",
        "Choose a time: https://x.example/b?c=1&d=2",
        "--",
        "12 Oak Street",
    ]


def test_html_is_escaped_and_simple() -> None:
    page = html(LETTER)
    assert "<strong>One</strong> thing on two lines &amp; a &lt;tag&gt;." in page
    assert '<li>second, see <a href="https://x.example/a">here</a></li>' in page
    assert 'href="https://x.example/b?c=1&amp;d=2">Choose a time</a>' in page
    assert page.index("Choose a time") < page.index("border-top") < page.index("12 Oak Street")
    assert "<script" not in html("<script>alert(1)</script>")
