"""The audit of the dependencies: a known vulnerability fails, and what was not asked is never called safe."""

import importlib.machinery
import importlib.util
import stat
from pathlib import Path

import pytest

FILE = Path(__file__).parents[2] / ".ci" / "audit"
BAD = {"name": "p", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
GOOD = {"name": "q", "version": "2.0", "vulns": []}
UNKNOWN = {"name": "r", "skip_reason": "Dependency not found on PyPI and could not be audited: r (3.0)"}


@pytest.fixture
def audit():
    loader = importlib.machinery.SourceFileLoader("audit", str(FILE))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("audit", loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("packages", "code", "said", "never"),
    [
        ([GOOD, BAD], 1, "p 1.0: PYSEC-1, mended in 1.1", "No known"),
        ([GOOD], 0, "No known vulnerability in 1 packages", "AUDITED"),
        ([GOOD, UNKNOWN], 0, "NOT AUDITED, 1 of 2: r", "NOTHING"),
        ([UNKNOWN], 0, "NOTHING WAS AUDITED: the service knows none of the 1", "No known"),
    ],
)
def test_what_is_known_fails_and_what_is_unknown_is_said(audit, packages, code, said, never):
    lines, given = audit.told({"dependencies": packages})
    assert given == code and said in "\n".join(lines) and never not in "\n".join(lines)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("sleep 60", "no answer within"),
        ("echo broken; echo 'connection refused' >&2", "connection refused"),
        ("exit 1", "did not run"),
    ],
)
def test_where_nothing_can_be_asked_it_is_loud_and_bounded(audit, monkeypatch, tmp_path, script, said):
    fake = tmp_path / "pip-audit"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(audit.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(audit, "LIMIT", 1.0)
    lines, code = audit.told(audit.asked())
    assert code == 0 and lines[0].startswith("NOTHING WAS AUDITED: ") and said in lines[0]


def test_without_pip_audit_it_says_so(audit, monkeypatch, tmp_path):
    monkeypatch.setattr(audit.sys, "executable", str(tmp_path / "python"))
    assert "did not run" in audit.asked()
