"""What a text says about itself, whoever wrote it."""

import pytest

from rewarm.adapters.pack_content import style
from rewarm.adapters.reply_texts import text as sentence
from rewarm.adapters.wording import wording
from rewarm.domain.identification import gives_address, is_private, names_seller, says_way_out, sells

WORDS, WATCH = wording(), style("audiology").watch
NAMES = ("Harbor Point Hearing", "Harbor Point Hearing LLC", "Brightwater")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Hi Sarah, it's Ana at Harbor Point Hearing. Shall I send two tips?", True),
        ("HARBOR POINT HEARING: your tips are here", True),
        ("Hi, Ana here from Harbor-Point Hearing, LLC.", True),
        ("It's Brightwater! How are you?", True),
        ("Hi Sarah, it's Ana. Shall I send two tips?", False),
        ("Read it here: https://brightwater.com/tips", False),
        ("Read it at brightwater.com/tips or write to ana@brightwater.com", False),
        ("Harbor Point is lovely today", False),
        ("The harbor point hearings begin", False),
        ("", False),
    ],
)
def test_a_name_is_named_in_words_and_not_in_a_link(text: str, named: bool) -> None:
    assert names_seller(text, NAMES) is named


def test_nobody_is_named_by_no_name() -> None:
    assert not names_seller("LLC", ("", "LLC"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Reply STOP to opt out.", True),
        ("reply stop to end", True),
        ('Text "STOP" to unsubscribe', True),
        ("STOP to opt out", True),
        ("To opt out, reply STOP", True),
        ("Opt out: text QUIT", True),
        ("Txt STOP 2 end", True),
        ("Responda STOP para salir", True),
        ("Envíe ALTO para cancelar", True),
        ("Répondez STOP pour vous désabonner", True),
        ("Stop by any time!", False),
        ("We can stop to talk about it", False),
        ("The bus will stop at our door", False),
        ("Reply YES to confirm", False),
        ("Reply 1 or 2", False),
    ],
)
def test_the_way_out_is_a_word_that_we_honour(text: str, says: bool) -> None:
    assert says_way_out(text, WORDS) is says


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("Harbor Point Hearing, 1 Pier St, New York, NY 10001", True),
        ("1 Pier St\nNew York NY 10001", True),
        ("11 Pier St, New York, NY 10001", False),
        ("Pier St, New York", False),
    ],
)
def test_a_postal_address_is_whole_however_it_is_set(text: str, gives: bool) -> None:
    assert gives_address(text, "1 Pier St, New York, NY 10001") is gives
    assert not gives_address(text, "")


@pytest.mark.parametrize(
    "text",
    [
        "Your visit is tomorrow at 10. P.S. hearing aids are 20% off this week!",
        "See you Monday! Ask about our free hearing test for your husband.",
        "Reminder: bring your card. Batteries $5 while you are here.",
        "Your invoice is ready, and our spring promotion has started.",
        "See you Friday. Special offer on accessories for patients with a visit.",
        "Le esperamos mañana. Pregunte por nuestra oferta.",
        "À demain ! Remise de 50 € sur les piles.",
        "See you at 3. Only two spots left for the open house!",
        "Reminder for 9 am. Studies show that most people wait too long.",
    ],
)
def test_what_sells_is_marketing_whatever_it_is_called(text: str) -> None:
    assert sells(text, NAMES, WORDS, WATCH)


@pytest.mark.parametrize(
    "text",
    [
        "Hi Sarah, it's Harbor Point Hearing. We're looking forward to seeing you Monday at 10. Reply YES if that still works.",
        "Are you free on Monday at 10? If you're free earlier, even better.",
        "What time works best for you? All the best, Ana",
        "Feel free to call us at (212) 555-0199. Free parking is behind the house.",
        "We missed you today and hope all is well. Shall we find another time?",
        "Dr. Lee is ill, so your visit has to move. Which day suits you?",
        "Your repaired aids are ready to be picked up. Please bring the loaner back.",
        "Please save the date: Monday at 10. We are on the 2nd floor.",
    ],
)
def test_what_serves_is_left_what_it_is(text: str) -> None:
    assert not sells(text, NAMES, WORDS, WATCH)


def test_a_practice_that_is_called_best_sells_nothing_by_its_name() -> None:
    reminder = "Hi, it's Best Discount Care. See you Monday at ten."
    assert not sells(reminder, ("Best Discount Care",), WORDS, WATCH)
    assert sells(reminder, (), WORDS, WATCH)


@pytest.mark.parametrize(
    "key", ["reminder_day", "reminder_hours", "missed", "booked", "cancelled", "confirmed", "help", "opted_out"]
)
def test_our_own_sentences_serve(key: str) -> None:
    said = sentence(
        key,
        name=", Sarah",
        first=" Sarah",
        practice="Harbor Point Hearing",
        phone="(212) 555-0199",
        when="Monday at 10",
    )
    assert not sells(said, NAMES, WORDS, WATCH)
    assert not is_private(said, NAMES, WATCH)


def test_what_a_body_has_is_private_and_a_practice_may_be_named_after_it() -> None:
    assert is_private("Shall we look at your left ear?", NAMES, WATCH)
    assert not is_private("Shall we find another time?", NAMES, WATCH)
    assert not is_private("It's Ana at the Tinnitus Center.", ("Tinnitus Center",), WATCH)
