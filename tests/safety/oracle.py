"""Judges what the provider was asked to do, from what was said and what the clock shows; it never reads the engine's state.

| invariant | asserted by |
|---|---|
| I1 no marketing after an opt-out | `check`: marketing after STOP |
| I2 one confirmation, at once, none after the carrier's | `check`: the three rules for confirmations |
| I3 lawful hours in every zone | `check`: marketing at night; for every place and hour domain/test_policy*.py |
| I4 fail closed | `check`: marketing without consent; domain/test_policy.py: where they may be, whatever breaks |
| I5 rolling caps, intents and unknowns count | `check`: more than one a day |
| I6 at most one call that was taken | `check`: the same touch twice |
| I7 more against never opens | domain/test_policy_properties.py, test_consent.py: one more denial never helps |
| I8 consent is raised by evidence only | `check`: marketing without consent, after re-import, merge, START |
| I9 purpose is not laundered | domain/test_policy.py: the purpose as the law sees it, answers |
| I10 health detail, third-party money | domain/test_policy.py: refusals |
| I11 receipts replay, retry_at is the first minute | domain/test_policy_properties.py |
| I12 an opt-out wins ties | `check` through `stopped`; domain/test_consent.py: what holds |
| I13 erasure keeps the suppression | models/test_row_security.py: the ledger is never changed |
| I14 one seller's consent is not another's | domain/test_policy.py: whose consent; models/test_row_security.py |
| I15 what is allowed and due is sent | liveness.py, from sampled states |

Beside these `check` holds the stop switch and the expiry of a touch, and the explorer the conservation law.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.safety.world import CONFIRMATIONS, DAY, PURPOSES, Instant, World

STOP, ANSWERED, AT_THE_CARRIER, START = "STOP", "STOP, answered by the carrier", "STOP at the carrier", "START"


class Violation(Exception):
    """The provider was asked to do what must never happen."""


def check(world: World, touch: int, clock: Sequence[Instant], consented: bool) -> None:
    """Look at one call at the instant of the call; raise Violation."""
    now = clock[world.clock]
    if any(one == touch for one, _ in world.taken):
        raise Violation("the same touch twice (I6)")
    if world.stopped and touch not in world.past_the_switch:
        raise Violation("a call from a stopped sender")
    if touch in CONFIRMATIONS:
        _check_confirmation(world, touch, clock)
        return
    if stopped(world) and touch not in world.in_the_air:
        raise Violation("marketing after STOP (I1)")
    if not consented and not world.proofs:
        raise Violation("marketing without consent (I4, I8)")
    if not now.lawful:
        raise Violation("marketing at night (I3)")
    if touch == 0 and now.at - clock[0].at > DAY / 6:
        raise Violation("a touch that had expired")
    if any(PURPOSES[one] == "marketing" and now.at - clock[when].at < DAY for one, when in world.taken):
        raise Violation("more than one a day (I5)")


def _check_confirmation(world: World, touch: int, clock: Sequence[Instant]) -> None:
    episodes = list(_episodes(world))
    if not episodes or clock[world.clock].at - clock[episodes[-1][-1][1]].at > DAY / 288:
        raise Violation("a confirmation of nothing fresh (I2)")
    if any(word != STOP for word, _ in episodes[-1]) and touch not in world.in_the_air:
        raise Violation("a confirmation although the carrier had answered (I2)")
    if sum(1 for one, _ in world.taken if one in CONFIRMATIONS) >= len(episodes):
        raise Violation("a second confirmation (I2)")


def stopped(world: World) -> bool:
    """Tell whether the person wants silence: the last word counts, and STOP wins a tie (I12)."""
    stops = [(when, n) for n, (word, when) in enumerate(world.said) if word != START]
    starts = [(when, n) for n, (word, when) in enumerate(world.said) if word == START]
    return bool(stops) and (not starts or max(stops) > max(starts) or max(stops)[0] == max(starts)[0])


def _episodes(world: World) -> Iterator[list[tuple[str, int]]]:
    """Split what was said into the times of silence, each with the refusals that made it; of one instant, START came first."""
    episode: list[tuple[str, int]] = []
    for one in sorted(world.said, key=lambda one: (one[1], one[0] != START)):
        if one[0] != START:
            episode.append(one)
        elif episode:
            yield episode
            episode = []
    if episode:
        yield episode


def in_order(world: World) -> bool:
    """Tell whether the record of what was said is in order of time; an oracle that errs is worth nothing."""
    return all(a[1] <= b[1] for a, b in pairwise(world.said))
