"""A draft leaves only when each of its details has a source and its manners are good."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.assignment import Assignment, Content, Said, Step, assign, given_name
from rewarm.domain.draft import Draft, choose, finish, rank
from rewarm.domain.marked import mark
from rewarm.domain.person import Brand, Person
from rewarm.domain.slots import slots
from rewarm.domain.style import Claim, Style, Watch

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
BRAND = Brand("Brightwater Hearing", "Priya", address="12 Oak Street", unsubscribe_url="https://bw.example/u/1")
STYLE = Style(
    claims={"weeks": Claim("weeks", "It takes a few weeks.", "health", "a source", "Dr Lee")},
    openers={"goal": ("You told us about {fact}.", "You mentioned {fact}."), "inquiry": ("You wrote to us {when}.",)},
    value_floor={"educate": 1.0, "ask": 0.4},
    topics={"family": re.compile("grand")},
    watch=Watch(
        urgency=re.compile("ends friday"),
        scarcity=re.compile("only two spots"),
        pressure=re.compile("act now"),
        memory=re.compile("you told us|you asked us"),
        ask=re.compile("visit suit you"),
        private=re.compile("left ear"),
        claim=re.compile("takes a few weeks|studies show"),
    ),
    vocabulary=frozenset({"how", "tip"}),
)
FRAME = f"Hi {{name}}, it's {mark('brand', 'sender', 'Priya')} at {mark('brand', 'practice', 'Brightwater Hearing')}."


@dataclass(frozen=True)
class Fact:
    id: str
    kind: str
    quote: str
    value: str | None = None
    sensitivity: int = 1


GOAL = Fact("f1", "goal", "hear her grandkids")
WORK = Fact("f2", "work", "school nurse")
SARAH = Person("Sarah", "Lee", inquired_on=date(2026, 3, 10))


def task(
    *facts: Fact, person: Person = SARAH, channel: str = "sms", stage: str = "educate", **more: object
) -> Assignment:
    step = Step("s", channel, stage)
    options: dict[str, object] = {"style": STYLE, "now": NOW, "opt_out_due": False} | more
    return assign(person, facts, (), BRAND, step, **options)  # type: ignore[arg-type]


def written(body: str, to: Assignment, *, approved: str = "", subject: str = "") -> Draft:
    hello = FRAME.replace("{name}", mark("field", "first_name", "Sarah"))
    content = Content("c", to.step.channel, to.step.stage, f"{{{{ hi }}}}, it's {{{{x}}}} at {{{{x}}}}. {approved}")
    if approved:
        content = Content("c", to.step.channel, to.step.stage, content.body, approved_by="Priya")
    return finish(f"{hello} {body}", content, to, subject=subject)


def checks(draft: Draft) -> set[str]:
    return {no.check for no in draft.refused}


def fact(words: str = "hearing your grandkids", fact_id: str = "f1") -> str:
    return mark("fact", fact_id, words)


def test_a_marked_fact_becomes_an_exact_source() -> None:
    draft = written(f"You told us about {fact()}. How is it?", task(GOAL))
    assert draft.refused == ()
    cited = {(draft.text[s.start : s.end], s.kind, s.id) for s in draft.sources}
    assert ("hearing your grandkids", "fact", "f1") in cited
    assert ("Sarah", "field", "first_name") in cited


def test_a_source_that_is_not_on_record_is_refused() -> None:
    assert "sources" in checks(written(f"You told us about {fact('flying', 'f9')}.", task(GOAL)))
    assert "sources" in checks(written(f"You told us about {fact('flying')}.", task(GOAL)))


@pytest.mark.parametrize(
    "lie", ["You told us about Max.", "We saw you 3 times.", "You told us about this.", "You asked us at Boeing."]
)
def test_free_text_may_not_invent(lie: str) -> None:
    assert checks(written(lie, task())) & {"grounding", "memory"}


def test_free_text_finds_its_own_sources() -> None:
    draft = written("You told us about hearing the grandkids, in March. How is it?", task(GOAL))
    assert draft.refused == ()
    assert {(s.kind, s.id) for s in draft.sources} >= {("fact", "f1"), ("field", "inquired_on")}


DETAILS = st.one_of(
    st.integers(2, 9999).map(str),
    st.sampled_from(["Max", "Denver", "Kaiser", "Oticon", "Tuesday", "Grandma", "Marlene", "Boeing"]),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(lambda day: f"{day:%B} {day.day}"),
)


@given(DETAILS, st.integers(0, 12), st.booleans())
def test_a_detail_inserted_anywhere_is_refused(detail: str, place: int, approved: bool) -> None:
    words = f"One tip for {fact()} today is to sit close and ask how it goes.".split(" ")
    body = "One tip for {{ fact.goal }} today is to sit close and ask how it goes."
    told = " ".join([*words[: place + 4], detail, *words[place + 4 :]])
    assert checks(written(told, task(GOAL), approved=body if approved else "")) & {"grounding", "sources"}


def test_approved_words_may_not_be_altered() -> None:
    body = "A tip for today: sit close."
    assert written(body, task(), approved=body).refused == ()
    assert "grounding" in checks(written("A tip for today: sit farther.", task(), approved=body))


def test_urgency_scarcity_and_pressure_are_refused() -> None:
    assert "urgency" in checks(written("It ends Friday.", task(), approved="It ends Friday."))
    assert "scarcity" in checks(written("Only two spots.", task(), approved="Only two spots."))
    assert "pressure" in checks(written("Act now.", task(), approved="Act now."))
    assert "pressure" in checks(written("This is a GREAT OFFER for you!!", task()))


def test_a_claim_stands_only_as_it_was_approved() -> None:
    claim = mark("claim", "weeks", "It takes a few weeks.")
    assert written(claim, task(), approved="{{ claim.weeks }}").refused == ()
    assert "claims" in checks(written("It takes a few weeks.", task(), approved="It takes a few weeks."))


def test_private_words_stay_out_of_a_text_message() -> None:
    private = Fact("f3", "concern", "ringing in the left ear")
    assert task(private).phrases == ()
    assert len(task(private, channel="email").phrases) == 1
    assert "sensitivity" in checks(written("How is the left ear?", task(), approved="How is the left ear?"))


def test_what_is_too_private_is_never_put_in_words() -> None:
    secret = Fact("f4", "concern", "can't hear her boss", sensitivity=2)
    assert "fact" not in slots(task(secret)) or slots(task(secret))["fact"] == {}
    assert task(secret, person=Person("Sarah", accepts_sensitivity=2)).phrases


def test_the_frame_is_checked() -> None:
    plain = Content("c", "sms", "educate", "Hello, how are you?", approved_by="Priya")
    assert "sender" in checks(finish("Hello, how are you?", plain, task()))
    assert "opt_out" in checks(written("How?", task(opt_out_due=True)))
    assert "opt_out" not in checks(written("How? Reply STOP to opt out.", task(opt_out_due=True)))
    assert "opt_out" in checks(written("Reply CANCEL to cancel.", task()))
    assert "opt_out" in checks(written("Just a letter.", task(channel="email"), subject="A tip"))
    assert "subject" in checks(written("Just a letter.", task(channel="email")))
    assert "links" in checks(written("See bit.ly at https://bit.ly/x", task()))


def test_length_is_two_segments() -> None:
    assert "length" in checks(written("a " * 160, task()))
    assert "length" not in checks(written("a " * 100, task()))


def test_value_comes_before_the_ask() -> None:
    ask = "Would a morning visit suit you?"
    assert "order" in checks(written(f"A tip. {ask}", task(), approved=f"A tip. {ask}"))
    assert "order" in checks(written(f"{ask} A tip.", task(stage="ask"), approved=f"{ask} A tip."))
    gives = f"Here is a tip that you can use at any table. {ask}"
    draft = written(gives, task(stage="ask"), approved=gives)
    assert draft.refused == ()
    assert 0.4 < draft.value_share < 0.8


def test_a_text_that_fits_anybody_is_refused_when_we_know_more() -> None:
    assert "swap" in checks(written("How are you?", task(GOAL), approved="How are you?"))
    assert "swap" not in checks(written("How are you?", task(), approved="How are you?"))


def test_nothing_is_said_twice() -> None:
    body = "Here is a tip that you can use at any table, and at home."
    before = Said(f"Hi Sarah, it's Priya at Brightwater Hearing. {body}")
    assert "repetition" in checks(written(body, task(said=[before]), approved=body))


def test_curly_quotes_become_cheap_ones_and_spans_stay_exact() -> None:
    draft = written(f"A tip… for “{fact()}”", task(GOAL))
    assert 'A tip... for "hearing your grandkids"' in draft.text
    (cited,) = [s for s in draft.sources if s.kind == "fact"]
    assert draft.text[cited.start : cited.end] == "hearing your grandkids"


# -- slots and choice --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "name"),
    [("SARAH", "Sarah"), ("mary ann", "Mary Ann"), ("O'Neil", "O'Neil"), ("J", ""), ("Unknown 2", ""), ("x@y.z", "")],
)
def test_a_greeting_uses_only_a_real_name(raw: str, name: str) -> None:
    assert given_name(raw) == name


def test_nobody_is_greeted_by_a_strange_name() -> None:
    assert slots(task(person=Person("??")))["hi"] == "Hello"


def test_the_opener_falls_back_gracefully() -> None:
    assert "hearing your grandkids" in str(slots(task(GOAL))["opener"])
    assert "in March" in str(slots(task())["opener"])
    assert "opener" not in slots(task(person=Person()))


def test_the_opener_changes_from_touch_to_touch() -> None:
    first = str(slots(task(GOAL))["opener"])
    plain = re.sub("\ue000[^\ue001]*\ue001|\ue002", "", first)
    assert slots(task(GOAL, said=[Said(plain)]))["opener"] != first


ANY = Content("any", "sms", "educate", "x")
FOR_GOAL = Content("goal", "sms", "educate", "x", needs=("goal",))
FOR_WORK = Content("work", "sms", "educate", "x", needs=("work",))
FOR_FAMILY = Content("family", "sms", "educate", "x", needs=("goal:family",))
FOR_MISSED = Content("missed", "sms", "educate", "x", segments=("scheduled_no_show",))
SHELF = (ANY, FOR_WORK, FOR_GOAL, FOR_MISSED)


def test_the_most_moving_fact_comes_first_and_generic_content_last() -> None:
    assert [each.slug for each in rank(SHELF, task(GOAL, WORK))] == ["goal", "work", "any"]
    assert choose(SHELF, task()) == ANY


def test_a_segment_of_their_own_comes_before_everything() -> None:
    missed = Person("Sarah", segment="scheduled_no_show")
    assert choose(SHELF, task(GOAL, person=missed)) == FOR_MISSED


def test_a_fact_that_was_used_makes_room_for_another() -> None:
    used = Said("About hearing your grandkids: sit close.", "goal")
    assert choose(SHELF, task(GOAL, WORK, said=[used])) == FOR_WORK


def test_a_topic_is_matched_to_what_they_said() -> None:
    assert choose((ANY, FOR_FAMILY), task(GOAL)) == FOR_FAMILY
    assert choose((ANY, FOR_FAMILY), task(Fact("f1", "goal", "hear the birds"))) == ANY


def test_the_choice_is_the_same_every_time() -> None:
    twins = tuple(Content(f"c{n}", "sms", "educate", "x") for n in range(5))
    assert {choose(twins, task(seed="a:1")).slug for _ in range(3)} == {choose(twins, task(seed="a:1")).slug}  # type: ignore[union-attr]
    assert len({choose(twins, task(seed=f"a:{n}")).slug for n in range(40)}) == 5  # type: ignore[union-attr]
