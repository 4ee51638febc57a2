"""One of several processes that write into a store at once: `python -m tests.data.writer URL NUMBER ROUNDS`.

Each adds reports of its own, sends each twice, changes each once; all count up one row, looking again where somebody
was faster; all send one and the same row; each keeps drafts. Printed is how often the count went up.
"""

import sys
from datetime import date, timedelta

from toolkit.data.store import Changed, Store

DAY = date(2026, 11, 20)


def main(url, number, rounds):
    mine, staff = Store(url, f"w{number}", language="en"), Store(url, "kiosk", language="en")
    counted = 0
    for k in range(rounds):
        report = {"report_id": f"W{number}-{k}", "report_date": DAY + timedelta(days=k), "rep_id": "R01",
                  "account_id": "A001", "labour_hours": 1.0}  # fmt: skip
        first = mine.save("daily_reports", report)
        assert mine.save("daily_reports", report) == first  # no answer came back: sent again
        change = {**first.values, "note": f"by {number}"}
        assert mine.save("daily_reports", change, 1) == mine.save("daily_reports", change, 1)
        call = {"callback_id": f"S{k}", "account_id": "A001", "called_on": DAY, "caller_id": "D01"}
        assert staff.save("callbacks", call).version == 1
        mine.keep_draft("draft", {"note": f"{number}-{k}"})
        while True:
            row = mine.row("problems", "count", DAY)
            more = str(int(row.values["root_cause"]) + 1)
            pair = [("problems", {**row.values, "root_cause": more}, row.version)]
            pair.append(
                ("self_checks", {"check_id": f"C{more}", "done_on": DAY, "item": "D1", "evidence": f"w{number}"}, None)
            )
            try:
                mine.save_all(pair if k % 2 else pair[::-1])
                counted += 1
                break
            except Changed:
                continue
    print(counted)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
