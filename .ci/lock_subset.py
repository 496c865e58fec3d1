"""Print the part of requirements.lock that some groups of pyproject.toml need; hashes and markers as they stand.

Run: python .ci/lock_subset.py [GROUP ...]     (run time alone if no group is named)
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==")
VIA = re.compile(r"^\s+#(?:\s+via)?\s+([A-Za-z0-9._-]+)")


def canonical(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def blocks(lock: str) -> list[tuple[str, set[str], str]]:
    """The pins of a lock: name, the names of those that asked for it, and the text with its hashes."""
    found: list[tuple[str, set[str], str]] = []
    for line in lock.splitlines(keepends=True):
        pin, via = PIN.match(line), VIA.match(line)
        if pin:
            found.append((canonical(pin[1]), set(), line))
        elif via and found:
            found[-1][1].add(canonical(via[1]))
        elif line.strip() and not line.lstrip().startswith("#"):
            found[-1] = (*found[-1][:2], found[-1][2] + line)
    return found


def wanted(pyproject: dict, groups: list[str]) -> set[str]:
    """Names of what the project itself and the groups ask for."""
    named = pyproject["project"]["optional-dependencies"] | pyproject["dependency-groups"]
    unknown = set(groups) - set(named)
    if unknown:
        sys.exit(f"no such group: {', '.join(sorted(unknown))}; there are {', '.join(sorted(named))}")
    texts = [*pyproject["project"]["dependencies"], *(text for group in groups for text in named[group])]
    return {canonical(re.match(r"[A-Za-z0-9._-]+", text)[0]) for text in texts}


def subset(lock: str, names: set[str]) -> str:
    """The pins of these names and of everything that they ask for, in the lock's order."""
    pins = blocks(lock)
    kept, before = set(names), -1
    while before != len(kept):
        before = len(kept)
        kept |= {name for name, askers, _ in pins if askers & kept}
    return "".join(text for name, _, text in pins if name in kept)


def main(groups: list[str]) -> None:
    """Print the subset."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    sys.stdout.write(subset(lock, wanted(pyproject, groups)))


if __name__ == "__main__":
    main(sys.argv[1:])
