"""Templates filled by ourselves and by Liquid are the same letters; what is missing is always said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.adapters.liquid import TemplateError, parse, render
from rewarm.adapters.pack_content import contents

TEMPLATES = [
    *(content.body for content in contents("audiology")),
    "{% if brand.phone %}Call {{ brand.phone }}{% else %}Write to us{% endif %} soon.",
    "{% if hi %}{% if opener %}{{ hi }}, {{ opener }}{% endif %}{% endif %}.",
    "{% if fact.size %}{{ fact.size }}{% endif %} {{ hi.size }}",
    "{{ opener | default: 'Hello' }} {{ fact.goal | capitalize }} {{ hi }}",
    "{% if hi == 'Hi' %}a{% elsif opener %}b{% else %}c{% endif %}",
    "{% if hi %} {% endif %}{{ brand }}",
]
WORDS = st.sampled_from(["", "Hi", "\ue000fact:1\ue001hearing\ue002", "é €"])


def some(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, WORDS))


VALUES = st.fixed_dictionaries(
    {
        "brand": some("practice", "sender", "phone", "booking_url", "address"),
        "fact": some("goal", "concern", "interest"),
    },
    optional={
        "hi": WORDS,
        "opener": WORDS | st.none() | st.booleans(),
        "opener_fact": WORDS,
        "when": some("appointment"),
    },
)


@given(st.sampled_from(TEMPLATES), VALUES)
def test_a_template_says_what_liquid_would_make_of_it(template: str, values: dict[str, Any]) -> None:
    try:
        expected = parse(template).render(values)
    except Exception:
        with pytest.raises(TemplateError):
            render(template, values)
    else:
        assert render(template, values) == expected


def test_a_missing_field_is_named() -> None:
    with pytest.raises(TemplateError, match="opener"):
        render("Hello. {{ opener }}", {"hi": "Hi"})


def test_a_letter_without_end_is_refused() -> None:
    with pytest.raises(TemplateError):
        render("{{ hi }}", {"hi": "x" * 50_000})
