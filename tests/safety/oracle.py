"""Judges what the provider was asked to do, from what was said and what the clock shows; it never reads the engine's state.

It asserts I1 to I6, I8 and I12, the stop switch and the expiry of a touch; liveness.py asserts I15, the explorer that no
touch is lost. invariants.py lists all fifteen with the named tests that hold the others for every value."""

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
