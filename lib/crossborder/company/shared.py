"""Intermediate results shared by notebooks and runs: computed once for the same code, data and arguments, kept on disk.

An entry is found by a key over all that it depends on; one that is damaged, or made by other code, is computed again.
Readers and writers need no lock: an entry is written aside and renamed, and what two processes write is the same.
"""

import dataclasses
import hashlib
import inspect
import io
import os
import pickle
import platform
import secrets
import sys
import time
import types
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crossborder import language
from crossborder.company import files

if TYPE_CHECKING:
    from crossborder.company.company import Company

__all__ = ["MOST_BYTES", "clear", "folder", "once", "prune", "sizes"]

FORMAT = "1"
MOST_BYTES = 500_000_000
GROUND = ("company", "reference", "language", "errors.py")  # what every room of the package may import
ABOVE = ("plan", "charts", "reports")  # what may import rooms: their results can depend on any code
LIBRARIES = ("numpy", "pandas", "scipy", "scikit-learn", "statsmodels", "duckdb", "ibis-framework", "pyarrow", "arch")
STARTED = time.time()


def once(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """The result of a function of the package, taken from disk if it was computed before from the same.

    The same means: code of all that the function may import, versions of the libraries, reference facts and scenarios,
    and the arguments; a company counts by its files, its day and its scenario. A generator of random numbers is left
    in the state in which the function leaves it. What cannot be stored is computed each time.
    """
    generators = [one for one in (*arguments, *named.values()) if isinstance(one, np.random.Generator)]
    path = _place(function, arguments, named)
    if path is None:
        return function(*arguments, **named)
    kept = _read(path)
    if kept is None:
        result = function(*arguments, **named)
        states = [generator.bit_generator.state for generator in generators]
        # What was computed and what is read back must not differ, not even in what shares memory with what.
        kept = _write(path, (result, states))
        if kept is None:
            return result
    result, states = kept
    for generator, state in zip(generators, states, strict=True):
        generator.bit_generator.state = state
    return result


def folder() -> Path:
    """The folder of the shared results."""
    return files.repository() / ".cache" / "shared"


def sizes() -> dict[str, tuple[int, int]]:
    """Number of entries and bytes of each function's results."""
    found: dict[str, tuple[int, int]] = {}
    for path in sorted(folder().glob("*/[!.]*")):
        count, size = found.get(path.parent.name, (0, 0))
        found[path.parent.name] = (count + 1, size + _bytes(path))
    return found


def clear() -> int:
    """Remove all shared results; how many there were."""
    entries = [path for path in folder().glob("*/*")]
    for path in entries:
        path.unlink(missing_ok=True)
    return len(entries)


def prune(most_bytes: int = MOST_BYTES) -> int:
    """Remove the results that were not used for longest until the rest fits; how many went."""
    total = gone = 0
    for path in sorted(folder().glob("*/[!.]*"), key=_used, reverse=True):
        total += _bytes(path)
        if total > most_bytes:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _place(function: Callable[..., Any], arguments: tuple, named: dict[str, Any]) -> Path | None:
    """Where the result of a call is kept; None if it cannot be known what it depends on."""
    module, name = getattr(function, "__module__", ""), getattr(function, "__qualname__", "<")
    if not module.startswith("crossborder.") or "<" in name:
        return None
    seen: list[str] = [module]
    told = io.BytesIO()
    try:
        _Teller(told, seen).dump((arguments, sorted(named.items())))
        code = _code_key(tuple(sorted({_room(one) for one in seen})))
    except (pickle.PicklingError, TypeError, AttributeError, _Changed):
        return None
    surroundings = (_versions(), _world(), language.current(), _variables())
    parts = (FORMAT, module, name, code, *surroundings, hashlib.sha256(told.getvalue()).hexdigest())
    return folder() / f"{module.removeprefix('crossborder.')}.{name}" / hashlib.sha256(repr(parts).encode()).hexdigest()


class _Changed(Exception):
    """Code on disk is newer than this process."""


class _Teller(pickle.Pickler):
    """Arguments as bytes: a company stands for its content, and code of the package is noted in `seen`."""

    def __init__(self, file: io.BytesIO, seen: list[str]) -> None:
        super().__init__(file, protocol=5)
        self._seen = seen

    def persistent_id(self, one: Any) -> Any:
        """What stands for an object; None for the object itself."""
        module = getattr(one if callable(one) else type(one), "__module__", None) or ""
        if module.startswith("crossborder."):
            self._seen.append(module)
        if type(one).__module__ == "crossborder.company.company" and type(one).__name__ == "Company":
            return ("company", *_about(one))
        if isinstance(one, types.GeneratorType):
            return self._generator(one)
        if isinstance(one, pd.DataFrame | pd.Series):
            return _content(one)
        return None

    def _generator(self, one: types.GeneratorType) -> tuple:
        """A generator that has given nothing yet is what it was made with."""
        if inspect.getgeneratorstate(one) != inspect.GEN_CREATED:
            raise pickle.PicklingError("a generator that has given something already")
        module = one.gi_frame.f_globals["__name__"]
        self._seen.append(module)
        return ("generator", module, one.__qualname__, sorted(one.gi_frame.f_locals.items()))


def _content(frame: pd.DataFrame | pd.Series) -> tuple | None:
    """What a frame holds, however its memory is laid out; None if its cells have no hash."""
    wide = frame.to_frame() if isinstance(frame, pd.Series) else frame
    try:
        rows = pd.util.hash_pandas_object(wide, index=True).to_numpy()
    except TypeError:
        return None
    kinds = (type(frame).__name__, list(wide.columns), list(map(str, wide.dtypes)), list(wide.index.names))
    levels = [str(wide.index.get_level_values(level).dtype) for level in range(wide.index.nlevels)]
    return ("frame", repr((kinds, levels, len(wide))), hashlib.sha256(rows.tobytes()).hexdigest(), repr(frame.attrs))


class _Storer(pickle.Pickler):
    """Results as bytes; one that holds a company is not stored, because its tables would be."""

    def persistent_id(self, one: Any) -> Any:
        """Nothing stands for anything."""
        if type(one).__name__ == "Company":
            raise pickle.PicklingError("a result with a company in it")
        return None


def _about(company: "Company") -> tuple[str, ...]:
    changes = repr(dataclasses.astuple(company.scenario))
    return (_fingerprint(company.path), changes, str(company.as_of), repr(sorted(company.profile.items())))


def _fingerprint(place: Path) -> str:
    """The fingerprint of a folder's files, read again when one of them was touched."""
    paths = sorted(os.path.join(folder, name) for folder, _, names in os.walk(place) for name in names)
    states = [(path, os.stat(path)) for path in paths if os.path.isfile(path)]
    return _read_fingerprint(place, tuple((path, state.st_size, state.st_mtime_ns) for path, state in states))


@cache
def _read_fingerprint(place: Path, stamps: tuple) -> str:
    return files.fingerprint(place)


def _world() -> str:
    root = files.repository()
    exchange = sys.modules.get("crossborder.reference.exchange")
    own = exchange.own() if exchange is not None else ""
    return _fingerprint(root / "data" / "reference") + _fingerprint(root / "scenarios") + own


def _room(module: str) -> str:
    room = module.split(".")[1]
    return "*" if room in ABOVE else room


@cache
def _code_key(rooms: tuple[str, ...]) -> str:
    """The fingerprint of the code that some rooms may import. Raises _Changed if it is newer than this process."""
    base = Path(__file__).resolve().parents[1]
    places = [base] if "*" in rooms else [base / name for name in (*GROUND, *rooms)]
    digest = hashlib.sha256()
    for path in sorted({path for place in places for path in ([place] if place.is_file() else place.rglob("*.*"))}):
        if path.suffix == ".pyc":
            continue
        if path.stat().st_mtime > STARTED:
            raise _Changed("code on disk is newer than this process")
        digest.update(f"{path.relative_to(base)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@cache
def _versions() -> str:
    there = {}
    for name in LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            there[name] = metadata.version(name)
    return repr((sys.version, platform.machine(), sorted(there.items())))


def _variables() -> tuple[tuple[str, str], ...]:
    ignored = ("CROSSBORDER_OUT", "CROSSBORDER_RESULTS", "CROSSBORDER_NURSERY")
    return tuple(
        sorted(pair for pair in os.environ.items() if pair[0].startswith("CROSSBORDER_") and pair[0] not in ignored)
    )


def _read(path: Path) -> Any:
    """What is kept; None if nothing is, or what is there is damaged."""
    try:
        content = path.read_bytes()
        if hashlib.sha256(content[32:]).digest() != content[:32]:
            return None
        os.utime(path)
        return pickle.loads(content[32:])
    except Exception:  # whatever a damaged or foreign entry raises, the answer is to compute it again
        return None


def _write(path: Path, content: Any) -> Any:
    """Keep what was computed; what a reader will get, or None if it cannot be stored."""
    buffer = io.BytesIO()
    try:
        _Storer(buffer, protocol=5).dump(content)
    except Exception:  # lazy tables, open files: the libraries raise errors of their own kinds
        return None
    stored = buffer.getvalue()
    aside = path.with_name(f".{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(hashlib.sha256(stored).digest() + stored)
        os.replace(aside, path)
    except OSError:  # a full or a read-only place: it is computed each time
        aside.unlink(missing_ok=True)
    if secrets.randbelow(20) == 0:
        prune()
    return pickle.loads(stored)


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
