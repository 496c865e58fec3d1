"""Where the project lies: its root, its notebooks, its reports."""

from functools import cache
from pathlib import Path

from crossborder.errors import InputError

__all__ = ["cache_folder", "find", "notebooks_folder", "numbered", "reports_folder", "root"]


@cache
def root() -> Path:
    """The project's folder, which holds `notebooks/`, `data/` and the `lib/` that this module lies in."""
    return Path(__file__).resolve().parents[3]


def notebooks_folder() -> Path:
    """The folder of the numbered notebooks."""
    return root() / "notebooks"


def reports_folder() -> Path:
    """The folder that holds one folder a run."""
    return root() / "reports"


def cache_folder() -> Path:
    """The folder of finished notebooks kept for reuse."""
    return root() / ".cache" / "runs"


def numbered(folder: Path | None = None) -> list[Path]:
    """All numbered notebooks of a folder (default: the project's), in reading order."""
    return sorted((folder or notebooks_folder()).glob("[0-9][0-9]_*.ipynb"))


def find(name: str, folder: Path | None = None) -> Path:
    """The notebook meant by a number, a name or a path.

    Raises InputError naming all notebooks and the nearest.
    """
    there = numbered(folder)
    asked = Path(name).name.removesuffix(".ipynb")
    for path in there:
        if asked in (path.stem, path.stem[:2], path.stem[3:]):
            return path
    if name.endswith(".ipynb") and Path(name).is_file():
        return Path(name).resolve()
    raise InputError.unknown("notebook", asked, [path.stem for path in there])
