"""A worksheet as text: values as they are stored, dates in ISO form."""

import csv
import datetime
import zipfile
from pathlib import Path

from crossborder.errors import InputError

__all__ = ["to_csv"]


def to_csv(path: Path, folder: Path, sheet: str = "") -> dict[str, Path]:
    """Copies of a workbook's sheets (or the one named) as UTF-8 CSV in `folder`: title -> file; empty sheets left out.

    Raises InputError for a file that is not a workbook, or a sheet that it does not have.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path.name} is not an Excel workbook\n  {reason}\n  do: save it as .xlsx or CSV") from None
    copies = {}
    try:
        if sheet and sheet not in book.sheetnames:
            raise InputError.unknown(f"{path.name}: sheet", sheet, book.sheetnames)
        for place, title in enumerate([sheet] if sheet else book.sheetnames):
            target = folder / f"{path.stem}-{place}.csv"
            with target.open("w", encoding="utf-8", newline="") as handle:
                rows = (tuple(map(_text, row)) for row in book[title].iter_rows(values_only=True))
                csv.writer(handle).writerows(row for row in rows if any(row))
            if target.stat().st_size:
                copies[title] = target
    finally:
        book.close()
    return copies


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime | datetime.date):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime.datetime) else cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)
