"""Writes the simulated company to a folder, the same bytes for the same seed; large tables as Parquet, small as CSV."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from crossborder.company.tables import TABLES
from crossborder.demo import core, sales
from crossborder.demo.dictionary import dictionary
from crossborder.demo.dirt import ENCODED
from crossborder.demo.generate import SEED, generate, member_gain, parts_beside, rest_of_core
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
    World,
)
from crossborder.errors import InputError

__all__ = [
    "PARQUET_FROM_ROWS",
    "STREAM_FROM_SCALE",
    "card",
    "spoil_encoding",
    "stream",
    "write",
    "write_tables",
    "write_truth",
]

PARQUET_FROM_ROWS = 3000
STREAM_FROM_SCALE = 2.0  # larger companies are written chunk by chunk
CHUNKS_A_FILE = 4  # some 120,000 order lines: engines read few large row groups a third faster


def write(path: str | Path, seed: int = SEED, scale: float = 1.0, dirt: bool = False) -> Path:
    """Generates the company and writes tables, `company.yaml`, `README.md` and `truth/` to `path`.

    From scale 2 on the event tables become folders of Parquet parts, written in bounded memory (without dirt).
    Raises `InputError` for a scale outside 0.1 to 200, or dirt at such a scale.
    """
    if not 0.1 <= scale <= 200:
        raise InputError.out_of_range("scale", scale, "0.1 to 200", "1 is about 150,000 order lines")
    if dirt and scale > STREAM_FROM_SCALE:
        raise InputError.out_of_range("dirt", dirt, f"only up to scale {STREAM_FROM_SCALE:g}", "use a smaller scale")
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    tables, truth = stream(folder, seed, scale) if scale > STREAM_FROM_SCALE else generate(seed, scale, dirt)
    write_tables(folder, tables)
    if dirt:
        spoil_encoding(folder / f"{ENCODED}.csv")
    write_truth(folder / "truth", truth)
    (folder / "company.yaml").write_text(card(seed, scale), encoding="utf-8")
    (folder / "README.md").write_text(dictionary(tables, truth), encoding="utf-8")
    return folder


def stream(folder: Path, seed: int, scale: float) -> tuple[dict[str, pd.DataFrame], dict]:
    """Writes the tables of people part by part; returns the others, and the truth.

    Tables built beside the core see the first parts only, as much as a company of scale 1 has.
    """
    world = World(seed=seed, scale=scale)
    company = core.core(world)
    sums = sales.Sums.empty(world)
    first: list[dict[str, pd.DataFrame]] = []
    members: list[pd.DataFrame] = []
    for name in ("orders", "touchpoints", "customers"):
        (folder / f"{name}.parquet").unlink(missing_ok=True)
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir()
    waiting: list[dict[str, pd.DataFrame]] = []
    for chunk, people, lines in core.served(company):
        waiting.append(sales.chunk_tables(company, chunk, people, lines, sums))
        people_made = waiting[-1]["customers"]
        members.append(people_made.loc[people_made["member"], ["member", "spend_after_joining_usd"]])
        if chunk < core.CHUNKS_PER_SCALE:
            first.append(waiting[-1])
        if len(waiting) == CHUNKS_A_FILE or chunk == company.chunks - 1:
            for name in waiting[0]:
                whole = pd.concat([made[name] for made in waiting], ignore_index=True)
                write_parquet(whole, folder / name / f"part-{chunk // CHUNKS_A_FILE:04d}.parquet", level=3)
            waiting = []
    tables, truth = rest_of_core(company, sums)
    truth["customers"]["member_spend_effect_180_days_usd"] = member_gain(members)
    world.tables.update(tables)
    world.tables.update({n: pd.concat([p[n] for p in first], ignore_index=True) for n in first[0]})
    beside, known = parts_beside(world)
    return tables | beside, truth | known


def spoil_encoding(path: Path) -> None:
    """Saves a text file in a Western single-byte encoding, as a spreadsheet might."""
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))


def card(seed: int, scale: float) -> str:
    """The text of `company.yaml`."""
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
        shutil.rmtree(folder / name, ignore_errors=True)
        if len(frame) >= PARQUET_FROM_ROWS or TABLES[name].events:
            text.unlink(missing_ok=True)
            write_parquet(frame, parquet)
        else:
            parquet.unlink(missing_ok=True)
            write_csv(frame, text)


def write_parquet(frame: pd.DataFrame, path: Path, level: int = 9) -> None:
    """Parquet with zstd; without pandas metadata, so that the bytes depend on the content alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    fields = [(f.name, pa.string() if pa.types.is_large_string(f.type) else f.type) for f in table.schema]
    pq.write_table(table.cast(pa.schema(fields)), path, compression="zstd", compression_level=level)


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
