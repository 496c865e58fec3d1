"""What is true in the simulated company; read only by tests and by the sections that say how far to trust a result."""

import json
from pathlib import Path

import pandas as pd

from crossborder.errors import InputError

__all__ = ["available", "load", "load_folder"]

REPOSITORY = Path(__file__).resolve().parents[3]


def _folder(path: str | Path) -> Path:
    here = Path(path)
    return (here if here.is_absolute() or here.exists() else REPOSITORY / here) / "truth"


def available(path: str | Path) -> bool:
    """Whether the company at `path` is simulated, so that its truth is known."""
    return (_folder(path) / "truth.json").is_file()


def load(path: str | Path, part: str = "") -> dict:
    """The truth, or one `part` of it such as "market_sales": nested dictionaries, frames where the simulator had them.

    Raises `InputError` if the company at `path` has no truth (a real one never has).
    """
    folder = _folder(path)
    if not available(path):
        allowed = "the folder of a simulated company, which holds truth/truth.json"
        raise InputError.out_of_range("path", str(path), allowed, "use `truth.available(path)` first")
    return load_folder(folder, part)


def load_folder(folder: Path, part: str = "") -> dict:
    """The truth that stands in this very folder, or one part of it; InputError for a part that is not there."""
    whole = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    if part and part not in whole:
        raise InputError.unknown("part of the truth", part, whole)
    return _filled(whole[part] if part else whole, folder)


def _filled(value: object, folder: Path) -> object:
    if isinstance(value, dict):
        if set(value) == {"frame"}:
            return pd.read_parquet(folder / value["frame"])
        return {k: _filled(v, folder) for k, v in value.items()}
    return [_filled(v, folder) for v in value] if isinstance(value, list) else value
