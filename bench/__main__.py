"""Run every benchmark of this folder and write what they print to RESULTS.md, with machine and versions.

Run: python -m bench [PART_OF_A_NAME ...]
"""

import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
SECONDS = 1800
PACKAGES = ("numpy", "pandas", "scipy", "duckdb", "ibis-framework", "statsmodels", "scikit-learn")
PACKAGES += ("ChannelAttribution", "lifetimes", "pymcdm", "scikit-criteria", "SALib", "pyxirr", "searoute")


def machine() -> str:
    """Processor, cores, system and Python in one line."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.processor() or platform.machine()
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def version(package: str) -> str:
    """The installed version of a package, or that it is absent."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "absent"


def section(script: Path) -> tuple[str, bool]:
    """One benchmark's text for the results, and whether it ran."""
    purpose = script.read_text(encoding="utf-8").split('"""')[1].strip().splitlines()[0]
    started = time.monotonic()
    surroundings = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    ended = subprocess.run(
        [sys.executable, str(script)],
        cwd=HERE.parent,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    shown = ended.stdout.strip() if ended.returncode == 0 else f"failed:\n{ended.stderr.strip()[-2000:]}"
    spent = time.monotonic() - started
    return f"## {script.stem}\n\n{purpose}\n\n```text\n{shown}\n```\n\n{spent:.0f} s\n", ended.returncode == 0


def main(names: list[str]) -> int:
    """Run the benchmarks whose name holds one of `names` (all if none); 0 if each ran."""
    scripts = [path for path in sorted(HERE.glob("bench_*.py")) if not names or any(n in path.stem for n in names)]
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    parts = [f"# Benchmarks\n\nMade by `make bench` on {now}.\n{machine()}.\n{versions}.\n"]
    whole = True
    for script in scripts:
        print(script.stem, flush=True)
        text, ran = section(script)
        parts.append(text)
        whole = whole and ran
    RESULTS.write_text("\n".join(parts), encoding="utf-8")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
