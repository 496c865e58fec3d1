"""The `crossborder demo` command: the simulated company's tables, written to a folder."""

import time
from pathlib import Path

from crossborder.errors import InputError

__all__ = ["write"]


def write(folder: Path, scale: float, seed: int | None, dirt: bool) -> str:
    """Make the tables and say what was written. Raises InputError for a folder that holds something else."""
    from crossborder.demo import writing

    if folder.is_dir() and any(folder.iterdir()) and not (folder / "company.yaml").is_file():
        raise InputError(f"--to {folder}: allowed: a new folder, or one that holds a company's tables already")
    started = time.monotonic()
    writing.write(folder, scale=scale, dirt=dirt, **({} if seed is None else {"seed": seed}))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    return f"{folder}: {size:.1f} MB in {time.monotonic() - started:.1f} s"
