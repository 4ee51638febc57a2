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
