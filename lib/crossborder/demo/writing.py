"""Writes the simulated company to a folder, the same bytes for the same seed; large tables as Parquet, small as CSV."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from crossborder.company.tables import TABLES
from crossborder.demo.generate import SEED, generate
from crossborder.demo.world import (
    AS_OF,
    CATEGORIES,
    CHANNELS,
    COMPANY,
    CURRENCIES,
    HOME,
    MARKETS,
    PLATFORMS,
    REPORTING_CURRENCY,
)

__all__ = ["PARQUET_FROM_ROWS", "write", "write_tables", "write_truth"]

PARQUET_FROM_ROWS = 3000


def write(path: str | Path, seed: int = SEED, scale: float = 1.0, dirt: bool = False) -> Path:
    """Generates the company and writes tables, `company.yaml` and `truth/` to `path`."""
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    tables, truth = generate(seed, scale, dirt)
    write_tables(folder, tables)
    write_truth(folder / "truth", truth)
    (folder / "company.yaml").write_text(_card(seed, scale), encoding="utf-8")
    return folder


def _card(seed: int, scale: float) -> str:
    import yaml

    card = {
        "name": COMPANY,
        "home": HOME,
        "currency": REPORTING_CURRENCY,
        "as_of": str(AS_OF.date()),
        "markets": list(MARKETS),
        "platforms": list(PLATFORMS),
        "categories": list(CATEGORIES),
        "channels": list(CHANNELS),
        "currencies": {m: CURRENCIES[m] for m in (*MARKETS, HOME)},
        "simulated": {"seed": seed, "scale": scale},
    }
    return yaml.safe_dump(card, sort_keys=False, allow_unicode=True)


def write_tables(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    """One file a table; a file of the other kind from an earlier run is removed."""
    for name, frame in tables.items():
        parquet, text = folder / f"{name}.parquet", folder / f"{name}.csv"
        if len(frame) >= PARQUET_FROM_ROWS or TABLES[name].events:
            text.unlink(missing_ok=True)
            write_parquet(frame, parquet)
        else:
            parquet.unlink(missing_ok=True)
            write_csv(frame, text)


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Parquet with zstd; without pandas metadata, so that the bytes depend on the content alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    fields = [(f.name, pa.string() if pa.types.is_large_string(f.type) else f.type) for f in table.schema]
    pq.write_table(table.cast(pa.schema(fields)), path, compression="zstd", compression_level=9)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """CSV in UTF-8: dates as 2026-10-31, moments with offset, missing values empty."""
    out = frame.copy()
    for name in out.columns:
        if str(out[name].dtype).startswith("datetime64") and getattr(out[name].dt, "tz", None) is None:
            out[name] = out[name].dt.strftime("%Y-%m-%d")
    out.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def write_truth(folder: Path, truth: dict) -> None:
    """The truth: `truth.json` with plain values, frames as files beside it, named by their place in the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*"):
        old.unlink()
    plain = _plain(truth, folder, ())
    text = json.dumps(plain, indent=1, ensure_ascii=False, sort_keys=True)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")


def _plain(value: object, folder: Path, place: tuple[str, ...]) -> object:
    if isinstance(value, dict):
        return {str(k): _plain(v, folder, (*place, str(k))) for k, v in value.items()}
    if isinstance(value, pd.Series):
        value = value.to_frame().reset_index()
    if isinstance(value, pd.DataFrame):
        name = ".".join(place) + ".parquet"
        write_parquet(value.reset_index(drop=True), folder / name)
        return {"frame": name}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(v, folder, (*place, str(i))) for i, v in enumerate(value)]
    if isinstance(value, np.generic):
        return value.item()
    return str(value) if isinstance(value, pd.Timestamp) else value
