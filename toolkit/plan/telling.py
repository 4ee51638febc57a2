"""After a run: finished reports and alerts go to those whom the plan names. A failure to tell fails no report."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from toolkit.plan.made import Made
from toolkit.plan.model import Plan


def tell_of(plan: Plan, root: Path, made: Sequence[Made], now: datetime) -> tuple[str, ...]:
    """Tell of what was made in a run (`root`: the plan's output root); what went wrong with it, in sentences.

    Called once after each run, with an empty `made` too: what could not be sent before is sent again. Raises nothing.
    """
    return ()
