"""Where things lie: what ships with the toolkit, in a checkout or in an installed package."""

from pathlib import Path
from typing import Final

from toolkit.base.errors import InputError

PACKAGE: Final = Path(__file__).resolve().parents[1]
SAMPLE_FOLDER: Final = "sample_data"


def notebook(name: str) -> Path:
    """The notebook `name` (`apps/…` for an app): beside the package in a checkout, inside it once installed.

    Raises FileNotFoundError where neither holds it: then the installation is broken.

    Examples
    --------
    >>> notebook("weekly_review.ipynb").name
    'weekly_review.ipynb'
    """
    return notebooks() / _existing(notebooks(), name)


def notebooks() -> Path:
    """The folder of the notebooks that ship with the toolkit.

    Examples
    --------
    >>> notebooks().name
    'notebooks'
    """
    for folder in (PACKAGE / "notebooks", PACKAGE.parent / "notebooks"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("the toolkit's notebooks are missing; install it again")


def scenarios() -> Path:
    """The folder of the scenarios that ship with the toolkit.

    Examples
    --------
    >>> (scenarios() / "a_line_55.yaml").is_file()
    True
    """
    for folder in (PACKAGE / "scenarios", PACKAGE.parent / "parameters" / "scenarios"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("the toolkit's scenarios are missing; install it again")


def sample_or(data: str | None, message: str) -> str:
    """The source that was named, else ./sample_data if it is there, else InputError with `message`.

    Examples
    --------
    >>> sample_or("team.xlsx", "say --data")
    'team.xlsx'
    """
    if data:
        return data
    if Path(SAMPLE_FOLDER).is_dir():
        return SAMPLE_FOLDER
    raise InputError(message)


def _existing(folder: Path, name: str) -> str:
    if not (folder / name).is_file():
        raise FileNotFoundError(f"no {name} among the toolkit's notebooks; install it again")
    return name
