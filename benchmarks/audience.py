"""Seeds a large and varied audience by set-based SQL: a million people in a few minutes, half of whom were written to before.

Names, places, dates and what people told us vary with the number of the person alone, so that every run measures the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from benchmarks.house import NOW

if TYPE_CHECKING:
    from uuid import UUID

    from rewarm.models import Workspace

# Where the people live: area code, ZIP, state; Nashville's numbers are used in two zones.
PLACES = (
    ("212", "10001", "NY"),
    ("503", "97201", "OR"),
    ("312", "60601", "IL"),
    ("615", "37201", "TN"),
    ("404", "30303", "GA"),
)
FIRST_NAMES = (
    "Mary", "James", "Patricia", "Robert", "Linda", "John", "Barbara", "Michael", "Elizabeth", "William", "Susan", "David",
    "Karen", "Richard", "Nancy", "Thomas", "Betty", "Charles", "Sandra", "Joseph", "Carol", "Donald", "Ruth", "Kenneth", "Sharon",
    "Ronald", "Helen", "George", "Donna", "Edward", "Joyce", "Gary", "Diane", "Larry", "Judith", "Dennis", "Marie", "Jerry",
    "Frances", "Walter", "Gloria", "Harold", "Janice", "Carl", "Jean", "Arthur", "Alice", "Henry", "Doris", "Roger", "Evelyn",
    "Jack", "Martha", "Albert", "Rose", "Wayne", "Theresa", "Ralph", "Beverly", "Roy", "Zoë", "Søren", "ANNE", "o'brien",
)  # fmt: skip
WHO = (
    "her grandkids", "his wife", "the choir", "her sister", "the pastor", "his granddaughter", "her son", "his friends",
    "her bridge club", "the grandchildren", "his boss", "customers", "her daughter", "the birds", "his brother", "the players",
    "her neighbors", "the doctor", "his students", "her niece", "the waitress", "his coworkers", "her mother", "the priest",
    "his nephew", "her cousins", "the announcer", "his father", "her partner", "the band",
)  # fmt: skip
WHERE = (
    "on the phone", "at church", "at dinner", "in the car", "at family dinners", "in restaurants", "at work", "on the porch",
    "at the game", "in meetings", "at the theater", "over lunch", "in the kitchen", "at the park", "on the train", "at parties",
    "in the garden", "at the club", "on video calls", "at the table",
)  # fmt: skip
SAID = (
    ("goal", "wants to hear {who} {where}"),
    ("goal", "would love to enjoy talking with {who} {where}"),
    ("goal", "hopes to follow {who} {where} again"),
    ("concern", "trouble following {who} {where}"),
    ("concern", "can't understand {who} {where}"),
    ("concern", "struggles with {who} {where}"),
)
LIKED = ("something discreet for work", "rechargeable", "bluetooth for phone calls", "something small and simple")
BEFORE = (
    "Hi Ann, Priya at Harbor Point Hearing. You told us how much hearing your grandkids on the phone would mean to you. "
    "May I send you a short tip that helps many people with that? Reply STOP to opt out."
)

# Everything that varies from person to person is a function of n; ids are made from it, so that nothing has to be joined.
_CROWD = """
CREATE TEMP TABLE crowd ON COMMIT DROP AS
SELECT n, (%(ids)s || lpad(to_hex(n), 12, '0'))::uuid AS id, zip, state,
       '+1' || area || lpad((2000000 + n)::text, 7, '0') AS phone,
       (%(names)s::text[])[1 + n %% cardinality(%(names)s::text[])] AS first_name, 'Ashby' || n AS last_name,
       %(today)s::date - 40 - n %% 600 AS asked, n %% 3 > 0 AS told, n %% 2 = 1 AS before,
       1 + (n::bigint * 7919) %% cardinality(%(quotes)s::bytea[]) AS quote, 1 + n %% cardinality(%(liked)s::bytea[]) AS liked
FROM generate_series(%(first)s::int, %(last)s::int) n
JOIN unnest(%(areas)s::text[], %(zips)s::text[], %(states)s::text[]) WITH ORDINALITY AS places (area, zip, state, k)
  ON k = 1 + n %% cardinality(%(areas)s::text[]);
ANALYZE crowd
"""

# The rows of one person, made by the models, are the pattern; what varies is put in by name.
_COPY = """
INSERT INTO rewarm_{table} SELECT made.* FROM crowd,
  (SELECT row_of AS pattern FROM rewarm_{table} row_of WHERE row_of.id = %(pattern)s) one,
  LATERAL jsonb_populate_record(pattern, jsonb_build_object({varied})) made
WHERE {who}
"""
_VARIED = (
    ("contact", "true", "'id', crowd.id, 'first_name', first_name, 'last_name', last_name, 'zip', zip, 'state', state, "
     "'inquired_on', asked, 'last_activity_on', asked, 'has_facts', told"),
    ("address", "true", "'id', crowd.id, 'contact_id', crowd.id, 'address', phone"),
    ("consent", "true", "'id', crowd.id, 'address', phone, 'cause', 'bench:' || n"),
    ("fact", "told", "'id', crowd.id, 'contact_id', crowd.id, 'said_on', asked, 'kind', (%(kinds)s::text[])[crowd.quote], "
     "'quote', (%(quotes)s::bytea[])[crowd.quote]"),
    ("fact", "told AND n %% 2 = 0", "'id', gen_random_uuid(), 'contact_id', crowd.id, 'said_on', asked, 'kind', 'interest', "
     "'quote', (%(liked)s::bytea[])[crowd.liked]"),
    ("enrollment", "true", "'id', crowd.id, 'contact_id', crowd.id, 'status', 'active', 'due', %(due)s::timestamptz, "
     "'step', before::int, 'unanswered', before::int"),
    ("touch", "before", "'id', crowd.id, 'contact_id', crowd.id, 'enrollment_id', crowd.id, 'address', phone, "
     "'cause', 'step:' || crowd.id || ':0:0', 'provider_id', 'bench:' || n"),
    ("message", "before", "'id', crowd.id, 'contact_id', crowd.id, 'touch_id', crowd.id, 'address', phone, "
     "'provider_id', 'bench:' || n"),
)  # fmt: skip


def enroll_people(here: Workspace, count: int, *, due: int | None = None) -> None:
    """Add `count` enrolled people; the first `due` of them (all, unless said) are due now, the others in a month."""
    import psycopg

    from rewarm.adapters import postgres

    constants = {**_words(), "pattern": _pattern(here), "ids": f"{str(here.id)[:13]}-7000-8000-"}
    with psycopg.connect(postgres.cluster().login(), cursor_factory=psycopg.ClientCursor) as connection:
        for first, last, wake in _pieces(count if due is None else due, count):
            varying = {**constants, "first": first, "last": last, "due": wake}
            connection.execute(_CROWD, varying)
            for table, who, varied in _VARIED:
                connection.execute(_COPY.format(table=table, who=who, varied=varied), varying)
            connection.commit()


def _pieces(awake: int, count: int) -> Iterator[tuple[int, int, Any]]:
    """Cut the numbers into what one transaction writes."""
    for start, stop, due in ((0, awake, NOW), (awake, count, NOW + timedelta(days=30))):
        yield from ((first, min(first + 50_000, stop) - 1, due) for first in range(start, stop, 50_000))


def _words() -> dict[str, Any]:
    """Spell out what people are called, where they live and what they said, the last sealed."""
    from rewarm.models.sealed import seal

    told = [(kind, line.format(who=who, where=where)) for (kind, line), who, where in product(SAID, WHO, WHERE)]
    areas, zips, states = map(list, zip(*PLACES, strict=True))
    return {
        "today": NOW.date(), "names": list(FIRST_NAMES), "areas": areas, "zips": zips, "states": states,
        "kinds": [kind for kind, _ in told], "quotes": [seal(quote) for _, quote in told],
        "liked": [seal(quote) for quote in LIKED],
    }  # fmt: skip


def _pattern(here: Workspace) -> UUID:
    """Write one person who was written to and whose journey is over, all rows under one id; return it."""
    from rewarm.models import (
        Address,
        Campaign,
        Consent,
        Contact,
        Enrollment,
        Evidence,
        Fact,
        JourneyVersion,
        Membership,
        Message,
        Sender,
        Touch,
    )  # fmt: skip
    from rewarm.models.base import uuid7

    one, phone, told_at = uuid7(), "+12125550100", NOW - timedelta(days=9)
    row: dict[str, Any] = {"id": one, "workspace": here}
    segment, sender = "inquired_never_scheduled", Sender.objects.get(workspace=here)
    journey = JourneyVersion.objects.get(workspace=here, slug="reactivation")
    campaign = Campaign.objects.create(
        workspace=here, name="bench", segment=segment, journey=journey, holdout=0, per_day=1_000, launched_at=NOW
    )
    evidence = Evidence.objects.create(
        workspace=here, source="web form", channel="sms", disclosure="I agree to texts.", disclosure_sha256="0" * 64,
        attached_by=Membership.objects.get(workspace=here).user, attached_at=NOW,
    )  # fmt: skip
    person = Contact.objects.create(**row, first_name="Ann", last_name="Ashby", segment=segment, reachable_sms=True)
    Address.objects.create(**row, contact=person, channel="phone", address=phone)
    Consent.objects.create(
        **row, address=phone, channel="sms", act="granted", at=NOW - timedelta(days=400), recorded_at=NOW, source="web form",
        cause="bench", evidence=evidence,
    )  # fmt: skip
    Fact.objects.create(
        **row, contact=person, kind="goal", start=0, end=20, quote="wants to hear the choir", sensitivity=1
    )
    enrolled = Enrollment.objects.create(
        **row, contact=person, campaign=campaign, journey=journey, arm="treated", segment=segment, status="ended",
        enrolled_at=told_at,
    )  # fmt: skip
    said = Touch.objects.create(
        **row, contact=person, enrollment=enrolled, campaign=campaign, cause=f"step:{one}:0:0", purpose="marketing",
        channel="sms", step=0, round=0, stage="educate", due=told_at, expires_at=told_at, state="sent", attempt=1,
        address=phone, sender=sender, content="react-1-goal@1", personal=True, sms_segments=2, planned_at=told_at,
        dispatched_at=told_at, sent_at=told_at, status="delivered", body=BEFORE, receipt={"message": {"says_way_out": True}},
    )  # fmt: skip
    Message.objects.create(
        **row, contact=person, touch=said, direction="out", channel="sms", address=phone, sender=sender,
        provider_id="bench", body=BEFORE, at=told_at, recorded_at=told_at,
    )  # fmt: skip
    return one
