"""Runs the town: python -m town --port P --smtp-port Q --seed N --state FILE."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

from town.checker import Checker
from town.mail import open_post
from town.people import Residents
from town.play import Play
from town.rates import RATES
from town.server import Doors, open_doors
from town.world import World

ROOT = Path(__file__).resolve().parents[1]


def options(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="town", description=__doc__)
    parser.add_argument("--port", type=int, default=13013, help="carrier and controls (HTTP)")
    parser.add_argument("--smtp-port", type=int, default=10025, help="the post (SMTP)")
    parser.add_argument("--people", type=Path, default=ROOT / "town" / "people.json")
    parser.add_argument("--hooks", default="http://127.0.0.1:8001", help="where the practice's doors are (shown only)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, default=None, help="journal; a town that was killed goes on from it")
    parser.add_argument("--stall", type=float, default=1.0, help="seconds of silence before a lost answer")
    share = float(os.environ.get("TOWN_STALL_SHARE", RATES.stall))
    parser.add_argument("--stall-share", type=float, default=share, help="share of keys whose answer is lost")
    parser.add_argument("--username", default="town")
    parser.add_argument("--password", default="town")
    parser.add_argument("--export", type=Path, default=ROOT / "rewarm" / "demo", help="the export files (checker)")
    parser.add_argument("--content", type=Path, nargs="*", default=[ROOT / "rewarm" / "packs"], help="approved content")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Serve until told to stop."""
    args = options(argv)
    people = Residents.load(args.people)
    world = World(people, args.seed, args.state, replace(RATES, stall=args.stall_share))
    checker = Checker(people, args.export, args.content)

    def report() -> dict[str, object]:
        with world.lock:
            log, counts = list(world.log), dict(world.counts)
            reused = sorted(key for key, times in world.keys.items() if key and times > 1)
            waiting = len(world.agenda.waiting)
        return {
            "counts": counts,
            "pending_events": waiting,
            **checker.report(log, reused, world.practice.says),
        }

    play = Play(world)
    doors = open_doors(
        Doors(world, play, report, args.username, args.password, args.stall, threading.Lock()), args.port
    )
    post = open_post(world, args.smtp_port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(
        f"town: {len(people.by_id)} people, http 127.0.0.1:{args.port}, smtp 127.0.0.1:{args.smtp_port}",
        flush=True,
    )
    try:
        doors.serve_forever(poll_interval=0.1)
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        post.stop()
        doors.server_close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
