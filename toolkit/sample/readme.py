"""The README of the sample folder: `stories.md` beside this file, with the ids and counts as they came out."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

TEMPLATE = Path(__file__).with_name("stories.md")


def readme(tables: dict[str, pd.DataFrame]) -> str:
    """The README's text; `[[name]]` becomes the name with its account id.

    Raises KeyError when the text names an account that the tables lack.
    """
    accounts = tables["accounts"]
    ids = dict(zip(accounts["account_name"], accounts["account_id"], strict=True))
    counts = accounts["status"].value_counts()
    quarter = (accounts["status"] == "won") & (accounts["closed_on"] >= pd.Timestamp("2026-10-01"))
    signed = accounts.loc[quarter, "contract_amount"].sum() / 1e6
    text = TEMPLATE.read_text(encoding="utf-8").replace("{signed}", f"{signed:.1f}")
    values = {
        "reps": (tables["reps"]["role"] == "rep").sum(),
        "active": counts["active"],
        "won": counts["won"],
        "lost": counts["lost"],
        "dropped": counts["dropped"],
        "closed": len(accounts) - counts["active"],
    }
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return re.sub(r"\[\[(.+?)\]\]", lambda match: f"{match[1]} ({ids[match[1]]})", text)
