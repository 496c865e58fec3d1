"""Content keys: what a notebook's outputs depend on, so that one whose inputs did not change is not run again."""

import ast
import hashlib
import json
import os
import platform
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from crossborder.reports import exports, project

__all__ = [
    "code_key",
    "data_key",
    "environment_key",
    "files_key",
    "folder_key",
    "imported",
    "lock_key",
    "notebook_key",
    "remember",
    "revision",
]

FORMAT = "2"  # of what a finished notebook leaves behind; a change here makes all kept ones stale
PACKAGE = "crossborder"
DYNAMIC = ("import_module(", "__import__(", "iter_modules(", "walk_packages(")
KNOWN_DYNAMIC = "in the content key already"  # a comment by which a module says why its dynamic imports do not count
IGNORED_VARIABLES = ("CROSSBORDER_OUT", "CROSSBORDER_RESULTS", "CROSSBORDER_NURSERY")


def notebook_key(cells: Iterable[Mapping], parameters: Mapping, parts: Mapping[str, str]) -> str:
    """The key of one notebook's outputs: its cells, its parameters, and the keys of data, code, lock and the like."""
    # Outputs and metadata other than tags do not change what a notebook computes.
    source = [(c["cell_type"], "".join(c["source"]), c.get("metadata", {}).get("tags", [])) for c in cells]
    return _digest(json.dumps([FORMAT, source, dict(parameters), dict(parts)], sort_keys=True, default=str))


def code_key(sources: Iterable[str]) -> str:
    """The key of the package's code that a notebook can reach through its imports, lazy ones included."""
    reached: set[str] = set()
    todo = [name for source in sources for name in _imports(source)]
    while todo:
        name = todo.pop()
        if name in reached or _module(name) is None:
            continue
        reached.add(name)
        todo += _module(name)[1]
    files = {_module(name)[0] for name in reached}
    folders = {file.parent for file in files}
    everything = any(_module(name)[2] for name in reached)
    base = project.root() / "lib" / PACKAGE
    # Code that imports by a computed name can reach anything; data files lie beside the code that reads them.
    chosen = base.rglob("*") if everything else [*files, *(p for f in folders for p in f.iterdir())]
    wanted = {p for p in chosen if p.is_file() and (everything or p in files or p.suffix != ".py")}
    lines = [f"{p.relative_to(base)} {_facts(p)[0]}" for p in sorted(wanted) if p.suffix != ".pyc"]
    return _digest("\n".join(lines))


def imported(sources: Iterable[str]) -> list[str]:
    """The package's modules that are named in the imports of some source texts."""
    return sorted({name for source in sources for name in _imports(source) if _module(name)})


def files_key(patterns: Iterable[str]) -> str:
    """The fingerprint of files of the package, by patterns of their names."""
    base = project.root() / "lib" / PACKAGE
    found = sorted(path for pattern in patterns for path in base.glob(pattern) if path.is_file())
    return _digest("\n".join(f"{path.relative_to(base)} {_file_digest(path)}" for path in found))


def data_key(data: str) -> str:
    """The fingerprint of a company's tables with the reference facts and scenarios of the project."""
    folder = Path(data) if Path(data).is_absolute() else project.root() / data
    return folder_key([folder, project.root() / "data" / "reference", project.root() / "scenarios"])


def folder_key(folders: Iterable[Path]) -> str:
    """The fingerprint of all files in some folders; files not touched since the last time are not read again."""
    memo_file = project.root() / ".cache" / "fingerprints.json"
    memo = _memo(memo_file)
    lines, known = [], dict(memo)
    for place, folder in enumerate(folders):
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
            status = path.stat()
            stamp = f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"
            kept = memo.get(str(path), ["", ""])
            digest = kept[1] if kept[0] == stamp else _file_digest(path)
            if _settled(status.st_mtime_ns):
                known[str(path)] = [stamp, digest]
            lines.append(f"{place} {path.relative_to(folder).as_posix()} {digest}")
    if known != memo:
        memo_file.parent.mkdir(parents=True, exist_ok=True)
        exports.write_text(memo_file, json.dumps(known))
    return _digest("\n".join(lines))


@cache
def lock_key() -> str:
    """The fingerprint of the lock file, or empty where there is none."""
    lock = project.root() / "requirements.lock"
    return _file_digest(lock) if lock.is_file() else ""


@cache
def environment_key() -> str:
    """What else decides a number: interpreter, machine, installed distributions, the package's own variables."""
    installed = sorted(p.name for p in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    variables = sorted(
        f"{name}={value}"
        for name, value in os.environ.items()
        if name.startswith("CROSSBORDER_") and name not in IGNORED_VARIABLES
    )
    return _digest("\n".join([sys.version, platform.machine(), *installed, *variables]))


def revision() -> str:
    """The revision of the project's code, with + if files differ from it; empty outside a repository."""
    git = ["git", "-C", str(project.root())]
    try:
        commit = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True, timeout=10)
        changes = subprocess.run(
            [*git, "status", "--porcelain"], capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return commit.stdout.strip() + ("+" if changes.stdout.strip() else "")


@cache
def _module(name: str) -> tuple[Path, list[str], bool] | None:
    """File of a module of the package, the modules it imports, and whether it imports by a computed name."""
    base = (project.root() / "lib").joinpath(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            _, imports, dynamic = _facts(path)
            return path, imports, dynamic
    return None


def _facts(path: Path) -> list:
    """Digest of a file of the package, the modules it imports, and whether it imports by a computed name."""
    status = path.stat()
    stamp = f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"
    memo = _package_memo()
    kept = memo.get(str(path), ["", []])
    if kept[0] == stamp:
        return kept[1]
    source = path.read_text(encoding="utf-8") if path.suffix == ".py" else ""
    dynamic = any(word in source for word in DYNAMIC) and KNOWN_DYNAMIC not in source
    facts = [_file_digest(path), _imports(source), dynamic]
    if _settled(status.st_mtime_ns):
        memo[str(path)] = [stamp, facts]
    return facts


@cache
def _package_memo() -> dict[str, list]:
    return _memo(project.root() / ".cache" / "modules.json")


def _settled(changed_ns: int) -> bool:
    """Whether a file is old enough: one changed a moment ago may change again within the clock's resolution."""
    return time.time_ns() - changed_ns > 2_000_000_000


def remember() -> None:
    """Keep what was learnt about the package's files for the next process."""
    path = project.root() / ".cache" / "modules.json"
    if _package_memo() != _memo(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        exports.write_text(path, json.dumps(_package_memo()))


def _imports(source: str) -> list[str]:
    """The package's modules named in the imports of a source text, with the packages that they lie in."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # an IPython magic: the notebook's own source is part of the key anyway
        tree = ast.parse("\n".join(line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))))
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    ours = [name for name in found if name.split(".")[0] == PACKAGE]
    return [".".join(name.split(".")[: depth + 1]) for name in ours for depth in range(name.count(".") + 1)]


def _memo(path: Path) -> dict[str, list]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {}


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
