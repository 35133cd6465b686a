"""What the audiology pack ships can be sent as it is, to anybody, and what is added to it is refused."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.adapters import pack_content
from rewarm.adapters.liquid import TemplateError, fields, render
from rewarm.adapters.pack_file import PackError
from rewarm.adapters.writer import write, write_one
from rewarm.domain.assignment import Assignment, Content, Said, Step, assign
from rewarm.domain.draft import Draft, finish
from rewarm.domain.faq import best
from rewarm.domain.journey_plan import from_spec
from rewarm.domain.occasion import occasions
from rewarm.domain.person import Brand, Person
from rewarm.domain.slots import slots
from rewarm.domain.sms_text import measure
from rewarm.domain.style import SELDOM

PACK = "audiology"
NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
BRAND = Brand(
    "Brightwater Hearing & Balance", "Priya", "(503) 555-0100", "https://book.brightwater.example/t/abc123",
    "1420 NE Alder Street, Suite 3, Portland, OR 97232", "https://book.brightwater.example/u/abc123",
)  # fmt: skip
CONTENTS = pack_content.contents(PACK)
TEXTS = [each for each in CONTENTS if each.channel == "sms"]


@dataclass(frozen=True)
class Fact:
    id: str
    kind: str
    quote: str
    value: str | None = None
    sensitivity: int = 1


FACTS = (
    Fact("goal", "goal", "hear her granddaughter read aloud"),
    Fact("noise", "concern", "can't follow talk in restaurants"),
    Fact("tv", "concern", "TV is too loud"),
    Fact("phone", "concern", "missing words on the phone"),
    Fact("family", "concern", "trouble hearing his wife"),
    Fact("meetings", "concern", "gets lost in meetings"),
    Fact("worship", "concern", "can't follow the sermon at church"),
    Fact("interest", "interest", "something small and rechargeable"),
    Fact("event", "life_event", "son's wedding in May", "2027-05"),
    Fact("work", "work", "school nurse"),
    Fact("time", "timeframe", "in Nov", "2026-11"),
    Fact("doubt", "objection", "too expensive", "price"),
    Fact("product", "product", "Widex Moment", "Widex Moment"),
    Fact("plan", "insurance", "Acme Choice Gold", "Acme Choice Gold"),
    Fact("secret", "sensitive", "early dementia", None, 2),
)
SARAH = Person(
    "Sarah", "Lee", segment="inquired_never_scheduled", inquired_on=date(2025, 10, 3), last_test_on=date(2025, 4, 1),
    last_fitting_on=date(2025, 6, 1), last_appointment_on=date(2026, 4, 2), no_show=True, zip="97201",
)  # fmt: skip


def task(content: Content, facts: tuple[Fact, ...], person: Person = SARAH, **more: object) -> Assignment:
    found = occasions(person, facts, pack_content.occasion_rules(PACK), NOW)
    step = Step("s", content.channel, content.stage)
    options: dict[str, object] = {"style": pack_content.style(PACK), "now": NOW} | more
    return assign(person, facts, found, BRAND, step, **options)  # type: ignore[arg-type]


def suiting(content: Content) -> tuple[Fact, ...]:
    """Choose the facts that a content needs, of each kind the one on its topic, and a few to spare."""
    topics = [need.split(":")[1] for need in content.needs if need.startswith("concern:")]
    return tuple(fact for fact in FACTS if fact.kind != "concern" or not topics or fact.id in topics)


def drafted(content: Content, facts: tuple[Fact, ...] | None = None, **more: object) -> Draft:
    to = task(content, suiting(content) if facts is None else facts, **more)  # type: ignore[arg-type]
    return write_one(content, to, slots(to))


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: content.slug)
@pytest.mark.parametrize("seed", ["a", "b", "c", "d"])
def test_every_content_can_go_to_somebody_we_know(content: Content, seed: str) -> None:
    draft = drafted(content, seed=seed)
    assert draft.refused == ()
    assert draft.sms_segments <= 2
    assert all(draft.text[s.start : s.end].strip() for s in draft.sources)
    assert "  " not in draft.text
    assert "dementia" not in draft.text


@pytest.mark.parametrize("content", [each for each in CONTENTS if not each.needs], ids=lambda content: content.slug)
@pytest.mark.parametrize("person", [Person(), Person("Omar", inquired_on=date(2026, 3, 1))], ids=["nobody", "omar"])
def test_content_without_needs_suits_somebody_we_hardly_know(content: Content, person: Person) -> None:
    assert drafted(content, (), person=person).refused == ()


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: content.slug)
def test_spans_hold_what_their_source_says(content: Content) -> None:
    draft = drafted(content)
    words = {phrase.fact_id: phrase.words for phrase in task(content, FACTS).phrases}
    for source in draft.sources:
        said = draft.text[source.start : source.end]
        if source.kind == "fact":
            assert said.casefold() == words[source.id].casefold()
        if source.kind == "claim":
            assert said == pack_content.claims(PACK)[source.id].text
    assert [s.start for s in draft.sources] == sorted(s.start for s in draft.sources)


@given(
    st.sampled_from(CONTENTS),
    st.one_of(
        st.integers(2, 10**6).map(str),
        st.sampled_from(["Max", "Kaiser", "Denver", "Oticon", "Margaret", "Dr Patel", "dementia", "$1,299", "40%"]),
        st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(lambda day: f"{day:%A}, {day:%B} {day.day}"),
    ),
    st.randoms(use_true_random=False),
)
def test_a_detail_put_into_a_shipped_text_is_refused(content: Content, detail: str, random: Random) -> None:
    to = task(content, suiting(content))
    rendered = render(content.body, slots(to))
    gaps = [at for at, char in enumerate(rendered) if char == " "]
    at = random.choice(gaps)
    draft = finish(f"{rendered[:at]} {detail}{rendered[at:]} Reply STOP to opt out.", content, to, subject="")
    assert {no.check for no in draft.refused} & {"grounding", "sources"}


def test_nothing_else_than_the_approved_claims_is_claimed() -> None:
    known = set(pack_content.claims(PACK))
    for content in CONTENTS:
        cited = {field.removeprefix("claim.") for field in fields(content.body) if field.startswith("claim.")}
        assert cited <= known
        assert cited <= set(content.claims)


def test_the_shelf_is_wide_and_most_texts_are_short() -> None:
    assert len(TEXTS) >= 40
    assert len(CONTENTS) - len(TEXTS) >= 14
    segments = {segment for each in CONTENTS for segment in each.segments}
    assert len(segments) >= 7
    fitted = [drafted(each, opt_out_due=False) for each in TEXTS if "opener" not in each.body]
    assert sum(draft.sms_segments == 1 for draft in fitted) >= len(fitted) / 2


# -- journeys ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["reactivation", "warming", "maintenance"])
def test_journeys_can_be_played_and_have_content_for_everybody(slug: str) -> None:
    spec = pack_content.journeys(PACK)[slug]
    plan = from_spec(spec)
    for n, step in enumerate(plan.steps, 1):
        place = Step(step.slug, step.channel, step.stage, n, step.content)
        draft = write(Person(), (), (), pack_content.library(PACK), BRAND, place, NOW)
        assert draft.refused == (), step.slug


def test_reactivation_is_four_texts_in_two_weeks_and_warming_ten_touches_in_sixty_days() -> None:
    plans = {slug: from_spec(pack_content.journeys(PACK)[slug]) for slug in ("reactivation", "warming")}
    assert [step.channel for step in plans["reactivation"].steps] == ["sms"] * 4
    assert sum((step.wait for step in plans["reactivation"].steps), timedelta()) == timedelta(days=13)
    assert Counter(step.channel for step in plans["warming"].steps) == {"sms": 5, "email": 5}
    assert timedelta(days=50) <= sum((step.wait for step in plans["warming"].steps), timedelta()) <= timedelta(days=60)


PEOPLE = st.builds(
    Person,
    first_name=st.sampled_from(["Sarah", "JOHN", "", "Zoë", "Mary Ann", "x"]),
    segment=st.sampled_from(["inquired_never_scheduled", "scheduled_no_show", "due_for_follow_up", "", "other"]),
    inquired_on=st.none() | st.dates(date(2022, 1, 1), date(2026, 10, 19)),
    last_test_on=st.none() | st.dates(date(2020, 1, 1), date(2026, 10, 19)),
    last_appointment_on=st.none() | st.dates(date(2020, 1, 1), date(2026, 10, 19)),
    no_show=st.booleans(),
)


@given(PEOPLE, st.lists(st.sampled_from(FACTS), unique=True, max_size=5), st.sampled_from(["reactivation", "warming"]))
def test_a_whole_journey_is_written_for_anybody(person: Person, facts: list[Fact], slug: str) -> None:
    now, said = NOW, list[Said]()
    for n, step in enumerate(from_spec(pack_content.journeys(PACK)[slug]).steps, 1):
        now += step.wait
        found = occasions(person, facts, pack_content.occasion_rules(PACK), now)
        place = Step(step.slug, step.channel, step.stage, n, step.content)
        due = n == 1
        draft = write(
            person, facts, found, pack_content.library(PACK), BRAND, place, now, said=said, opt_out_due=due, seed=str(n)
        )
        assert draft.refused == ()
        said.append(Said(draft.text, draft.content))
    assert len({each.content for each in said}) == len(said)


# -- answers -----------------------------------------------------------------------------------------------------------

PRACTICE = {
    "hours": "Mon to Fri 8:30 to 5", "address": "1420 NE Alder Street, Suite 3, Portland", "price_from": "$1,800",
    "price_to": "$6,400", "price_visit": "$85", "payment": "up to 24 months through a lender of your choice",
    "parking": "There is a lot behind the building.", "access": "We are on the ground floor, without a step.",
    "transit": "Bus 14 stops in front of the door.", "visit_minutes": "60", "children": "We see children from four on.",
    "brands": "Oticon, Phonak and Widex", "trial": "45 days, with your money back if you bring them back",
    "warranty": "New ones come with three years of warranty.", "earwax": "Yes, we look and clean gently.",
    "clinician": "Dr Lee, our audiologist", "languages": "We speak English and Spanish.", "masks": "Masks are welcome.",
    "cancellation": "A call the day before is all we ask.",
}  # fmt: skip


def test_answers_are_short_plain_and_lead_on() -> None:
    values = pack_content.answer_fields(PRACTICE, "Brightwater Hearing & Balance")
    assert len(pack_content.faq(PACK)) >= 30
    for entry in pack_content.faq(PACK):
        said = pack_content.answer(entry, values)
        assert said is not None, entry.slug
        assert len(said) <= 300, entry.slug
        assert measure(said).encoding == "GSM-7", entry.slug
        assert said.endswith("?"), entry.slug
        assert len(entry.questions) >= 3, entry.slug


def test_an_answer_without_its_setting_is_not_given() -> None:
    entry = next(each for each in pack_content.faq(PACK) if each.slug == "hours")
    assert pack_content.answer(entry, pack_content.answer_fields({}, "Brightwater")) is None


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("so what do hearing aids cost??", "price"),
        ("can i pay it monthly", "payment-plan"),
        ("does medicare pay any of it", "medicare"),
        ("would my insurance cover this", "insurance"),
        ("r u open saturdays", "hours"),
        ("whats your address", "address"),
        ("is there parking", "parking"),
        ("my hearing aid is broken, can you fix it", "repair"),
        ("am I texting with a robot?", "bot"),
        ("how did you get my number", "number-source"),
        ("can my daughter come along with me", "companion"),
        ("do i need a referral for that", "referral"),
    ],
)
def test_questions_in_other_words_find_their_answer(question: str, slug: str) -> None:
    found = best(question, pack_content.faq(PACK))
    assert found is not None
    assert found.entry.slug == slug


@pytest.mark.parametrize(
    "question",
    [
        "my dog ran away",
        "is aspirin bad for me",
        "who won last night",
        "will I go deaf",
        "the weather is awful",
        "ok",
        "?",
    ],
)
def test_what_nobody_approved_is_left_to_a_person(question: str) -> None:
    assert best(question, pack_content.faq(PACK)) is None


# -- mistakes in a pack ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Hi there", "line 1"),
        ("---\nchannel: sms\nstage: educate\n  bad: [\n---\nHi", "line"),
        ("---\nchannel: pigeon\nstage: educate\n---\nHi", "channel is one of"),
        ("---\nchannel: sms\nstage: educate\n---\nAbout {{ fact.goal }}", "goal"),
        ("---\nchannel: sms\nstage: educate\n---\nAbout {{ fact.goal", "line"),
        ("---\nchannel: sms\nstage: educate\ncolour: red\n---\nHi", "colour"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "hello.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match="hello.md") as wrong:
        pack_content.content_of(path)
    assert says in str(wrong.value)


def test_templates_are_kept_within_limits() -> None:
    assert fields("{% if fact.goal %}{{ when.inquiry }}{% endif %}") == {"fact.goal", "when.inquiry"}
    with pytest.raises(TemplateError):
        render("{{ nobody.knows }}", {})
    with pytest.raises(TemplateError):
        render("{% for a in (1..100000) %}x{% endfor %}", {})
    with pytest.raises(TemplateError):
        render("{% include 'secrets' %}", {})


WATCH = pack_content.style("audiology").watch
WATCHED = [getattr(WATCH, name) for name in SELDOM] + [blocked.pattern for blocked in WATCH.blocked]


@given(st.lists(st.sampled_from(sorted({w for p in WATCHED for w in re.findall(r"[a-z]{2,}", p.pattern)})), max_size=8))
def test_one_look_for_all_seldom_words_overlooks_none(words: list[str]) -> None:
    sentence = " ".join(["you", *words, "3", "soon"])
    every = replace(WATCH, seldom=None).found_in(sentence)
    assert [(name, hit.span()) for name, hit, _ in WATCH.found_in(sentence)] == [(n, hit.span()) for n, hit, _ in every]
