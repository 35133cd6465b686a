"""How often people do things: every number that drives the town, in one table, with where it comes from.

"13.x" is the section of the fact sheet on statistics from which the form and the starting value come; "assumed"
is ours, right in order of magnitude only. Nothing here is a claim about real practices: the town is for testing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rates:
    """The parameters of the town's people; times in the unit that the name says."""

    # --- replies (13.2) ---
    reply_shift: float = 0.45  # assumed: added to need, so that 30 days on ~600 contacts are lively
    personal_gain: float = 0.35  # 13.2: a personal text (generic 0)
    touch_decay: float = 0.28  # 13.2: log-odds lost with each earlier touch
    need_returned: float = 1.2  # 13.2: log-odds gained once need has returned
    pressure_cost: float = 0.35  # 13.2: log-odds lost per unit of pressure above 1
    pressure_half_life_days: float = 7.0  # 13.2
    email_reply: float = 0.35  # assumed: a read e-mail draws this share of a text's replies
    replied_before: float = 0.25  # assumed: after an earlier talk that came to nothing
    negative: float = 0.35  # 13.2: share of replies that say no
    opt_out_of_negative: float = 0.25  # 13.2: a quarter of those opt out
    would_book: float = 0.58  # 13.2 says .42; the talk itself loses some of them here
    urgent: float = 0.012  # assumed: share of friendly replies that hold a medical red flag
    auto_reply: float = 0.008  # assumed: driving mode and the like, per text
    # --- opt-outs without a talk (13.2) ---
    first_touch_opt_out: float = 3.0  # 13.2: times theta
    one_click: float = 1.2  # assumed: an e-mail unsubscribe, times theta
    # --- the talk (assumed) ---
    decline_first_offer: float = 0.22
    says_thanks: float = 0.35
    confirms_reminder: float = 0.55
    moves_appointment: float = 0.04
    cancels_appointment: float = 0.04
    books_again: float = 0.4  # after a visit that was missed
    max_turns: int = 6
    # --- bookings that nobody asked for (13.1 says 1.2 % in 90 days; more here, so that a demo shows some) ---
    organic_30_days: float = 0.02
    # --- the front desk (assumed) ---
    staff_reaches: float = 0.65
    staff_persuades: float = 0.25  # books somebody who would not have booked by text
    # --- showing up and buying (13.1, 13.2) ---
    no_show_base: float = -1.25
    no_show_per_day: float = 0.04
    no_show_missed_before: float = 0.5
    reminder_factor: float = 0.70
    buys: float = 0.45
    basket_mu: float = 8.1
    basket_sigma: float = 0.5
    # --- the carrier (assumed; the stall share is the specification's) ---
    stall: float = 0.02
    receipt_repeated: float = 0.05
    receipt_reordered: float = 0.05
    receipt_late: float = 0.03
    receipt_never: float = 0.01
    inbound_twice: float = 0.03
    # --- time ---
    receipt_minutes: int = 30  # receipts come in batches on this coarser grid
    grid_minutes: int = 5  # every event of the town falls on this grid, so that the play has few stops


RATES = Rates()
