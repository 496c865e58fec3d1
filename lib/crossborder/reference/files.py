"""Where the reference facts lie, and how they are read: once, and handed out as copies."""

from functools import cache
from pathlib import Path

import pandas as pd

from crossborder.errors import InputError

__all__ = ["markets", "read", "reference_path"]

FOLDER = Path(__file__).resolve().parents[3] / "data" / "reference"


def reference_path(name: str = "") -> Path:
    """The path of a reference file; of the folder itself without a name.

    Raises InputError for a file that is not there, with the nearest name.
    """
    path = FOLDER / name
    if not path.exists():
        raise InputError.unknown("reference file", name, (file.name for file in FOLDER.glob("*.csv")))
    return path


def read(name: str, dates: tuple[str, ...] = (), text: tuple[str, ...] = ()) -> pd.DataFrame:
    """A reference file as a frame: `dates` become timestamps, `text` stays text (HS codes keep their zeros).

    Only an empty cell is missing: the text NA (Namibia) stays what was written.
    """
    return _read(name, dates, text).copy()


def markets() -> tuple[str, ...]:
    """The markets with reference facts, as ISO 3166-1 alpha-2 codes, the home market CN included."""
    return tuple(sorted(set(_read("gateways.csv", (), ())["market"]) - {"CN_SOUTH"}))


@cache
def _read(name: str, dates: tuple[str, ...], text: tuple[str, ...]) -> pd.DataFrame:
    return pd.read_csv(
        reference_path(name),
        keep_default_na=False,
        na_values=[""],
        parse_dates=list(dates),
        dtype=dict.fromkeys(text, "str"),
    )
