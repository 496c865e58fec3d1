"""Finished notebooks kept for reuse, found by content key, bounded in size, safe when several runs share them."""

import json
import os
import secrets
import shutil
from pathlib import Path

from crossborder.reports.environment import alive

__all__ = ["clear", "find", "keep", "prune", "read", "scratch", "sizes"]

MOST_BYTES = 2_000_000_000


def find(cache: Path, notebook: str, key: str) -> Path | None:
    """The folder of a finished notebook with this key, marked as used now; None if there is none."""
    folder = cache / notebook / key[:40]
    if not (folder / "outcome.json").is_file():
        return None
    os.utime(folder)
    return folder


def scratch(cache: Path) -> Path:
    """A folder of this process to run notebooks in; those of dead processes are removed."""
    for left in cache.glob(".tmp-*"):
        if not alive(left.name.split("-")[1]):
            shutil.rmtree(left, ignore_errors=True)
    folder = cache / f".tmp-{os.getpid()}-{secrets.token_hex(3)}"
    folder.mkdir(parents=True)
    return folder


def keep(cache: Path, notebook: str, key: str, folder: Path) -> Path:
    """Move a finished notebook's folder to its place; what another run has put there meanwhile is as good."""
    target = cache / notebook / key[:40]
    target.parent.mkdir(parents=True, exist_ok=True)
    old = cache / f".tmp-{os.getpid()}-{secrets.token_hex(6)}"
    try:
        if target.exists():
            os.rename(target, old)
        os.rename(folder, target)
    except OSError:
        if not target.exists():
            raise
    shutil.rmtree(old, ignore_errors=True)
    return target


def prune(cache: Path, most_bytes: int = MOST_BYTES) -> int:
    """Remove the finished notebooks that were not used for longest until the rest fits; how many went."""
    entries = sorted(cache.glob("[!.]*/*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    total, gone = 0, 0
    for folder in entries:
        total += sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        if total > most_bytes:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def sizes(cache: Path) -> dict[str, tuple[int, int]]:
    """Number of finished runs kept of each notebook, and their bytes."""
    found: dict[str, tuple[int, int]] = {}
    for place in sorted(cache.glob("[!.]*/*")):
        count, size = found.get(place.parent.name, (0, 0))
        found[place.parent.name] = (count + 1, size + sum(p.stat().st_size for p in place.rglob("*") if p.is_file()))
    return found


def clear(cache: Path) -> int:
    """Remove all finished notebooks; how many there were."""
    entries = list(cache.glob("[!.]*/*"))
    for folder in cache.glob("[!.]*"):
        shutil.rmtree(folder, ignore_errors=True)
    return len(entries)


def read(folder: Path, name: str) -> dict:
    """A JSON file of a finished notebook; empty if it left none."""
    path = folder / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
