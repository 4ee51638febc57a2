"""The house: what the wheel holds, what the floors forbid, what no committed file says."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import toolkit as kat
from toolkit.base import places

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    return zipfile.ZipFile(file)


def test_the_wheel_holds_code_and_everything_that_it_reads(wheel):
    names = set(wheel.namelist())
    needed = {path.relative_to(ROOT).as_posix() for path in tracked() if path.is_relative_to(ROOT / "toolkit")} | {
        f"toolkit/{path.relative_to(ROOT).as_posix()}" for path in tracked() if path.is_relative_to(ROOT / "notebooks")
    }
    assert needed - names == set()
    assert {"toolkit/py.typed", "toolkit/notebooks/weekly_review.ipynb", "toolkit/language/zh/cli.yaml"} <= names


def test_the_wheel_holds_nothing_else(wheel):
    assert {name.split("/")[0] for name in wheel.namelist()} == {
        "toolkit",
        f"key_account_toolkit-{kat.__version__}.dist-info",
    }
    assert not [name for name in wheel.namelist() if "__pycache__" in name or "/tests/" in name]


def test_the_wheel_brings_the_command_and_the_licence(wheel):
    about = f"key_account_toolkit-{kat.__version__}.dist-info"
    assert "kat = toolkit.cli:main" in wheel.read(f"{about}/entry_points.txt").decode()
    metadata = wheel.read(f"{about}/METADATA").decode()
    assert "Name: key-account-toolkit" in metadata
    assert "License-Expression: MIT" in metadata


def test_an_installed_package_finds_its_notebooks_inside_itself(monkeypatch, tmp_path):
    (tmp_path / "toolkit" / "notebooks").mkdir(parents=True)
    (tmp_path / "toolkit" / "notebooks" / "weekly_review.ipynb").write_text("{}")
    monkeypatch.setattr(places, "PACKAGE", tmp_path / "toolkit")
    assert places.notebook("weekly_review.ipynb").parent == tmp_path / "toolkit" / "notebooks"


def test_a_broken_installation_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "PACKAGE", tmp_path / "toolkit")
    with pytest.raises(FileNotFoundError, match="install it again"):
        places.notebooks()


def test_every_public_name_is_there():
    assert [name for name in kat.__all__ if not callable(getattr(kat, name))] == []
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        kat.nothing  # noqa: B018


def test_the_floors_hold():
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]


def test_every_dependency_has_a_floor_and_an_exact_version_without_address():
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").split())
    pinned = {re.sub(r"[-_.]+", "-", name).lower() for name in pins}
    project = PROJECT["project"]
    asked = project["dependencies"] + [line for extra in project["optional-dependencies"].values() for line in extra]
    for line in asked:
        name, floor = re.match(r"([A-Za-z0-9_.-]+)(?:\[.*\])?(>=[0-9.]+)?", line).groups()
        assert floor, line
        assert re.sub(r"[-_.]+", "-", name).lower() in pinned, line


def test_no_tracked_file_names_a_path_of_a_machine_or_an_index():
    private = re.compile(
        "|".join(["/" + "root/", "/" + r"home/\w", "/" + r"Users/\w", "/" + "work/", "index" + "-url"])
    )
    text = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".ipynb", ".csv", ".j2", ".css", ".cfg", ""}
    found = [
        (path.relative_to(ROOT).as_posix(), match[0])
        for path in tracked()
        if path.suffix in text and (match := private.search(path.read_text("utf-8", errors="ignore")))
    ]
    assert found == []


def test_the_method_page_is_what_the_rules_say():
    code = "import sys; sys.path.insert(0, 'docs'); import make_method; sys.stdout.write(make_method.text())"
    made = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert made.stdout == (ROOT / "docs" / "method.md").read_text("utf-8"), "run `make docs`"


def test_the_method_page_names_a_test_for_every_rule_module():
    page = (ROOT / "docs" / "method.md").read_text("utf-8")
    rooms = [path for path in (ROOT / "toolkit" / "method").iterdir() if not path.name.startswith("__")]
    rules = {path.stem for path in rooms}
    assert [rule for rule in sorted(rules) if f"toolkit/method/{rule}" not in page] == []
    assert "测试 / test: \n" not in page
