"""E4 Authority matrix, F4 Request clock, E5 Overstep: what may be asked, by when it is answered, what went past it.

E4. By the tier in force on the last Friday before the request's day, and the matrix of that day:

A   price float 15 %   technical resources in place within 72 hours            director, contact within 24 hours
B   price float  8 %   technical resources in place within 5 working days      manager, contact within 48 hours
C   price float  0 %   technical resources forbidden                           executives forbidden

A request is `allowed`, allowed `up_to` a limit, `forbidden`, or `cannot_judge` (no tier, or a price request without a
price change). Price: |price_change| + what the account used before in the same calendar quarter <= float, both signs.
S5's five and S3's emerging accounts count as at least B while listed (`lift`).

F4. Clocks from the request, around the clock: technical accepted within 48 hours (`accept`), in place by E4
(`in_place`); price answered within 24 hours (`answer`); executive contact by E4 (`contact`), the visit within 72 hours
(`visit`). Done by the deadline, to the second: `met`; after it: `late`; not done: `running`, then `breached`. A price
request is good when the stage advances within 3 days of it, a technical one when >= 80 % of the doubts are resolved,
an executive one when a decision maker gave a commitment.

E5. An overstep is a draw without a request (`no_request`), before its approval (`before_approval`), of what was never
approved (`not_approved`), beyond the approval (`beyond_approval`), past the matrix's float (`past_float`), or by a
higher level than the approved one or the tier's (`wrong_level`). The penalty, 20 % of that quarter's bonus once a
person and quarter, is only ever a proposal.

Units: fractions of the price, hours, working days (24 hours of a working day), CNY. Ties: earlier requests of an
account by time, then by request id. Thresholds are inclusive within 1e-9.

Missing values. No tier in force: the matrix cannot say (`cannot_judge`), and neither can the clocks that it sets. An
approval without a granted figure grants what was asked. A decision without any time: its clock cannot be judged. Where
the draw, the approval or the limit is unknown, nothing is called an overstep. No bonus known: no amount.

Readings.
* Price floats are absolute: 5 % down and 5 % up are 10 %. They add up per account, whoever asked, over the calendar
  quarter in which the request was made. An earlier request has used what was drawn on it, else what was granted if it
  was approved, else nothing. With nothing left the next request is `forbidden`; a change of 0 is always allowed.
* The lift holds where the last Friday's lists hold the account; it lifts C to B and leaves A, B and the unknown alone.
* An executive request that names no level is allowed up to the tier's level.
* A request waits for a decision (`pending`) while it has none and was neither answered nor delivered.
* `accept` and `answer` are due for forbidden requests too: a refusal is an answer. What E4 sets (`in_place`, `contact`)
  and `visit` are due only where the matrix allows the kind. Nothing is due of what was rejected, beyond that answer,
  or of what was withdrawn, unless it was done before the withdrawal.
* Delivered means accepted (contacted) by then, where `responded_at` is blank. A price request is answered by
  `responded_at` or `approved_at`, whichever came first.
* Day 3 counts: a request of the 10th is good with an advance on the 13th, late on the 14th. A rejected or withdrawn
  request owes nothing; without a stage at the request no advance can be told. Anyone in the decision-maker database is
  a decision maker; a commitment of nobody known cannot be judged, one not yet given is owed, and never in breach.
* Daily reports that draw (technical hours or a price concession) without naming a request are one overstep a rep,
  account and week. One that names a request draws on that; where `drawn_at` is blank, the first such report says when,
  by its day (so that it lies before an approval of a later day only). A price of 0 drawn is none.
* What is drawn while nothing is decided is not approved, and becomes `before_approval` once it is.
* What was approved past the float oversteps it all the same once drawn: who approved it is told by the evidence.
* A lower level than approved is none too high. Hours have no approved amount, so they are never beyond it.
* Several kinds may hold of one draw; for `per_violation` a draw counts once.
* Only a director other than the person rules on a penalty; the person's own answer is the statement.
"""

from toolkit.method.requests.clocks import CLOCK_COLUMNS, RequestClockParameters, clocks
from toolkit.method.requests.matrix import (
    JUDGED_COLUMNS,
    AuthorityA,
    AuthorityB,
    AuthorityC,
    AuthorityParameters,
    EarlierMatrix,
    judge,
)
from toolkit.method.requests.outcomes import OUTCOME_COLUMNS, outcomes
from toolkit.method.requests.oversteps import OVERSTEP_COLUMNS, OverstepParameters, oversteps
from toolkit.method.requests.penalties import PENALTY_COLUMNS, penalties

__all__ = [
    "CLOCK_COLUMNS",
    "JUDGED_COLUMNS",
    "OUTCOME_COLUMNS",
    "OVERSTEP_COLUMNS",
    "PENALTY_COLUMNS",
    "AuthorityA",
    "AuthorityB",
    "AuthorityC",
    "AuthorityParameters",
    "EarlierMatrix",
    "OverstepParameters",
    "RequestClockParameters",
    "clocks",
    "judge",
    "outcomes",
    "oversteps",
    "penalties",
]
