"""An output folder is replaced whole or not at all."""

import pytest

from toolkit.base.errors import InputError
from toolkit.publish.staging import staged

GONE = 2**22 + 7  # no process has such a number on Linux


def make(target, text):
    with staged(target) as fresh:
        (fresh / "run.json").write_text(text)


def test_the_new_folder_takes_the_place_of_the_old_one_whole(tmp_path):
    make(tmp_path / "deep" / "wr", "old")
    (tmp_path / "deep" / "wr" / "left_over.csv").write_text("x")
    make(tmp_path / "deep" / "wr", "new")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["wr"]
    assert [path.name for path in (tmp_path / "deep" / "wr").iterdir()] == ["run.json"]
    assert (tmp_path / "deep" / "wr" / "run.json").read_text() == "new"


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path):
    make(tmp_path / "wr", "old")
    with pytest.raises(RuntimeError), staged(tmp_path / "wr") as fresh:
        (fresh / "half.csv").write_text("x")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["wr"]
    assert (tmp_path / "wr" / "run.json").read_text() == "old"


def test_what_killed_runs_left_is_cleared(tmp_path):
    (tmp_path / f".wr.making-{GONE}").mkdir()
    (tmp_path / f".wr.making-{GONE}" / "half.csv").write_text("x")
    make(tmp_path / "wr", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["wr"]


def test_a_run_killed_in_the_act_of_replacing_loses_nothing(tmp_path):
    make(tmp_path / "wr", "old")
    (tmp_path / "wr").rename(tmp_path / f".wr.before-{GONE}")
    with pytest.raises(RuntimeError), staged(tmp_path / "wr"):
        raise RuntimeError
    assert (tmp_path / "wr" / "run.json").read_text() == "old"


def test_an_empty_folder_may_be_taken(tmp_path):
    (tmp_path / "wr").mkdir()
    make(tmp_path / "wr", "new")
    assert (tmp_path / "wr" / "run.json").read_text() == "new"


def test_a_file_and_a_folder_with_other_things_are_refused(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("notes", "file"):
        with pytest.raises(InputError), staged(tmp_path / name):
            raise AssertionError("never entered")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "notes"]
