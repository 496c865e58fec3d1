"""Run the benchmarks of this folder and write what they print to RESULTS.md, with machine, versions and load.

Run: python -m bench [PART_OF_A_NAME ...]
"""

import os
import platform
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from bench import scale_page

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
SECONDS = 1800
# What is measured over many simulated worlds or runs, for hours if asked for: not part of the whole, only when named.
LONG, LONG_SECONDS = ("bench_demo", "bench_sweep"), 14_400
PACKAGES = ("numpy", "pandas", "scipy", "duckdb", "ibis-framework", "statsmodels", "scikit-learn")
PACKAGES += (
    "ChannelAttribution",
    "lifetimes",
    "pymcdm",
    "scikit-criteria",
    "SALib",
    "pyxirr",
    "searoute",
    "distributed",
    "papermill",
)
READING = """A time is the median of some rounds, smallest and largest in brackets; the two ways take turns.
The ratio is the peer's time over ours, round by round: above 1 ours is faster, below 1 the peer is, and the table says
so. Memory is what a call adds to its process at its peak. "growth" is the exponent with which the time grows with the
size. The difference is relative to the largest number of the peer's result, unless it says otherwise."""


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
    started, load = time.monotonic(), os.getloadavg()[0]
    surroundings = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    ended = subprocess.run(
        [sys.executable, "-m", f"bench.{script.stem}"],
        cwd=HERE.parent,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=LONG_SECONDS if script.stem in LONG else SECONDS,
    )
    shown = ended.stdout.strip()
    if ended.returncode:
        shown += f"\n\nfailed: {(ended.stderr.strip().splitlines() or ['something is over its limit'])[-1]}"
    if not any(line.startswith("|---") for line in shown.splitlines()):
        shown = f"```text\n{shown}\n```"
    spent, kilobytes = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    memory = f"largest process so far {kilobytes / 1e3:.0f} MB"
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    foot = f"Measured until {when}: {spent:.0f} s, {memory}, load of the machine at the start {load:.1f}."
    return f"## {script.stem}\n\n{purpose}\n\n{shown}\n\n{foot}\n", ended.returncode == 0


def kept() -> dict[str, str]:
    """The sections of the results as they stand, by benchmark."""
    parts = RESULTS.read_text(encoding="utf-8").split("\n## ")[1:] if RESULTS.exists() else []
    return {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in parts}


def main(names: list[str]) -> int:
    """Run the benchmarks whose name holds one of `names` (all but the long ones if none); 0 if each ran.

    Only what was run is written anew; the sections of the others stay as they were measured.
    """
    every = sorted(HERE.glob("bench_*.py"))
    chosen = [path for path in every if any(name in path.stem for name in names)]
    chosen = chosen if names else [path for path in every if path.stem not in LONG]
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    head = f"# Benchmarks\n\nMade by `make bench`.\n{machine()}.\n{versions}.\n\n{READING}\n"
    sections, whole = kept(), True
    for script in chosen:
        print(script.stem, flush=True)
        sections[script.stem], ran = section(script)
        whole = whole and ran
        there = [sections[path.stem] for path in every if path.stem in sections]
        RESULTS.write_text("\n".join([head, *there]), encoding="utf-8")
    if any(script.stem == "bench_volume" for script in chosen) and os.environ.get("BENCH_SCALE_100"):
        page = scale_page.PAGE.read_text(encoding="utf-8")
        scale_page.PAGE.write_text(scale_page.filled(page, RESULTS.read_text(encoding="utf-8")), encoding="utf-8")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
