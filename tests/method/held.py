"""Sessions as the tests of practice write them."""

import pandas as pd


def sessions(*rows):
    """session_id, kind, held_at, account_id, loss_id, playbook_id, playbook_version, and whether it is concluded"""
    names = ["session_id", "kind", "held_at", "account_id", "loss_id", "playbook_id", "playbook_version", "whole"]
    frame = pd.DataFrame(rows, columns=names)
    frame["held_at"] = pd.to_datetime(frame["held_at"], format="ISO8601").astype("datetime64[us]")
    done = frame.pop("whole").map({True: "yes"}).astype("object")
    for name in ("conclusion_customer", "conclusion_competitor", "conclusion_ourselves"):
        frame[name] = done
    return frame


def session(kind, held_at, account=None, loss=None, playbook=None, version=None, whole=False, n="T1"):
    return (n, kind, held_at, account, loss, playbook, version, whole)
