"""Tiny sources, written where a test asks for them."""

from pathlib import Path

import pytest

ACCOUNTS = """account_id,account_name,market_role,opened_on,status
A1,Acme,industry_benchmark,2026-01-05,active
A2,Birch,long_tail,2026-01-05,active
"""
WEEKS = """week_ending,account_id,win_probability,competitive_posture
2026-11-13,A1,0.6,50
2026-11-20,A1,0.65,55
2026-11-20,A2,0.2,40
"""


@pytest.fixture
def source(tmp_path):
    """Writes a folder of CSV files from table=text (None: no such file); accounts and account_weeks by default."""

    def write(folder: str = "source", **tables: str | bytes | None) -> Path:
        place = tmp_path / folder
        place.mkdir()
        for name, content in ({"accounts": ACCOUNTS, "account_weeks": WEEKS} | tables).items():
            if content is not None:
                raw = content if isinstance(content, bytes) else content.encode()
                (place / f"{name}.csv").write_bytes(raw)
        return place

    return write
