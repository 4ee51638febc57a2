"""kat import and kat export as processes."""

import subprocess
import sys


def kat(*words, cwd=None):
    return subprocess.run([sys.executable, "-m", "toolkit.cli", *words], capture_output=True, text=True, cwd=cwd)


def test_a_folder_goes_into_a_store_and_out_again_and_every_command_takes_the_address(tmp_path):
    url = f"sqlite:///{tmp_path}/team.db"
    done = kat("import", "--data", "sample_data", "--to", url, "--language", "en")
    assert done.returncode == 0 and "rows lie in" in done.stdout
    again = kat("import", "--data", "sample_data", "--to", url, "--language", "en")
    assert again.returncode == 2 and "second import" in again.stderr
    out = kat("export", "--data", url, "--output", str(tmp_path / "out"), "--language", "en")
    assert out.returncode == 0 and (tmp_path / "out" / "accounts.csv").is_file()
    check = kat("check", "--data", url, "--language", "en")
    assert check.returncode == 0
    brief = kat("brief", "--data", url, "--output", str(tmp_path / "brief"), "--language", "en")
    assert brief.returncode == 0 and (tmp_path / "brief" / "daily_brief.html").is_file()


def test_a_store_that_is_not_there_is_one_clear_message(tmp_path):
    done = kat("export", "--data", f"sqlite:///{tmp_path}/none.db", "--output", str(tmp_path / "o"), "--language", "en")
    assert done.returncode == 2 and "no database file" in done.stderr and not (tmp_path / "o").exists()


def test_what_is_too_old_is_listed_first_purged_with_yes_backed_up_and_restored(tmp_path):
    url, file = f"sqlite:///{tmp_path}/team.db", str(tmp_path / "team.kat")
    kat("import", "--data", "sample_data", "--to", url)
    words = ["purge", "--data", url, "--older-than", "2026-06-01", "--language", "en"]
    tried = kat(*words)
    assert tried.returncode == 0 and "Nothing was changed yet" in tried.stdout and "device latitude" in tried.stdout
    done = kat(*words, "--yes")
    assert done.returncode == 0 and "were purged" in done.stdout
    assert "No personal data is due" in kat(*words, "--yes").stdout
    saved = kat("backup", "--data", url, "--to", file, "--language", "en")
    assert saved.returncode == 0 and "guard it" in saved.stdout
    new = f"sqlite:///{tmp_path}/new.db"
    assert kat("restore", file, "--to", new, "--language", "en").returncode == 0
    again = kat("restore", file, "--to", new, "--language", "en")
    assert again.returncode == 2 and "holds data already" in again.stderr
    for wrong in (["--older-than", "soon"], ["--kind", "souls"], ["--older-than", "2999-01-01"]):
        refused = kat("purge", "--data", url, *wrong, "--language", "en")
        assert refused.returncode == 2 and refused.stderr.count("\n") == 1
