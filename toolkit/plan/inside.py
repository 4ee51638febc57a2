"""What runs in a kernel after its notebook: the report that the notebook computed becomes files.

So a report is computed once, and page, workbook and tables hold the very numbers that the notebook shows.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from toolkit.language import say
from toolkit.plan.screen import first_screen
from toolkit.publish.deliver import timed, write_files, write_run
from toolkit.publish.kinds import KINDS
from toolkit.publish.pdf import can_print, write_pdf
from toolkit.reports.report import Report

PLAN = "plan"  # what run.json says of the plan


def write(namespace: dict[str, Any], kind: str, place: str, pdf: bool) -> None:
    """Write the files of the one report in a notebook's namespace into a folder; run.json's last.

    Raises RuntimeError where the notebook left no such report, or several.
    """
    found = {id(value): value for value in namespace.values() if isinstance(value, Report) and value.kind == kind}
    if len(found) != 1:
        raise RuntimeError(f"the notebook left {len(found)} reports of the kind {kind}, not one")
    (report,) = found.values()
    folder = Path(place)
    seconds = write_files(report, folder)
    why = _printed(report, folder, pdf, seconds)
    own = {"screen": asdict(first_screen(report)), "pdf": not why, "no_pdf": why}
    write_run(report, folder, seconds, {PLAN: own})


def _printed(report: Report, folder: Path, pdf: bool, seconds: dict[str, float]) -> str:
    """Print the page; why not, where it was not. A page that cannot be printed costs the report nothing."""
    if not pdf:
        return say("plan.pdf.not_asked", report.language)
    if not can_print():
        return say("plan.pdf.not_installed", report.language)
    kind = KINDS[report.kind]
    target = folder / kind.pdf_file
    try:
        seconds["pdf"] = timed(lambda: write_pdf((folder / kind.page_file).read_text("utf-8"), target))
    except OSError:
        raise
    except Exception as error:  # whatever a printing library trips over
        target.unlink(missing_ok=True)
        return say("plan.pdf.failed", report.language, why=f"{type(error).__name__}: {error}".splitlines()[0])
    return ""


def code(kind: str, place: Path, pdf: bool) -> str:
    """The line that does it in a kernel."""
    words = ", ".join(json.dumps(value) if isinstance(value, str) else repr(value) for value in (kind, str(place), pdf))
    return f"__import__('toolkit.plan.inside', fromlist=['write']).write(get_ipython().user_ns, {words})"
