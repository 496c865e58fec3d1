"""Every reduction of event tables at growing volume: all in one process, and each in its own.

Run: python bench/bench_volume.py [FOLDER ...] [only=TEXT] [together] [apart]
`together` measures only one process that carries out all reductions one after the other (what several of them need,
such as the orders in USD, is worked out once in it), `apart` only each reduction in a process of its own.
Folders are companies of growing size (`crossborder demo --scale 10 --to FOLDER`); without one, the demo company and one
ten times its size are measured, the latter made in a temporary folder, and one a hundred times its size if the variable
BENCH_SCALE_100 names its folder. The last columns are the growth of the time from each company to the next over the
growth of its order lines: 1 is linear, below 1 better.
"""

import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERE = str(ROOT)
if HERE not in sys.path:
    sys.path.insert(0, HERE)
SECONDS = 300.0  # of measuring; what does not fit is said


def processes() -> "multiprocessing.context.ForkServerContext":
    """Fresh processes that have the package loaded, but no company open."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.scale.reductions"])
    return context


def measured(context: "multiprocessing.context.ForkServerContext", folder: str, name: str) -> dict[str, float | str]:
    """One reduction in a fresh process: seconds of the call, processor seconds, peak memory in MB, memory before it."""
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=one, args=(theirs, folder, name))
    process.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        process.join()
        return {"error": f"ended with {process.exitcode}"}
    finally:
        process.join()


def one(pipe: object, folder: str, name: str) -> None:
    """Sends the measures of one reduction; opening and checking the tables is not counted."""
    import warnings

    from crossborder.company import Company

    from tests.scale.reductions import REDUCTIONS

    warnings.simplefilter("ignore")
    try:
        company = Company.open(folder)
        for events in ("orders", "touchpoints", "sessions"):
            company.events(events)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        used, begin = os.times(), time.perf_counter()
        REDUCTIONS[name](company)
        seconds, end = time.perf_counter() - begin, os.times()
    except Exception as failed:
        pipe.send({"error": f"{type(failed).__name__}: {failed}"[:200]})
        return
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cpu = end.user + end.system - used.user - used.system
    pipe.send({"seconds": seconds, "cpu": cpu, "peak_mb": peak, "before_mb": before})


def all_in_one(pipe: object, folder: str, names: list[str]) -> None:
    """Sends the measures of each reduction, carried out one after the other in this process, and then of the whole."""
    import warnings

    from crossborder.company import Company

    from tests.scale.reductions import REDUCTIONS

    warnings.simplefilter("ignore")
    company = Company.open(folder)
    for events in ("orders", "touchpoints", "sessions"):
        company.events(events)
    for name in names:
        used, begin = os.times(), time.perf_counter()
        try:
            REDUCTIONS[name](company)
        except Exception as failed:
            pipe.send((name, {"error": f"{type(failed).__name__}: {failed}"[:200]}))
            continue
        seconds, end = time.perf_counter() - begin, os.times()
        cpu = end.user + end.system - used.user - used.system
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        pipe.send((name, {"seconds": seconds, "cpu": cpu, "peak_mb": peak}))
    pipe.send(("", {}))


def together(folders: list[str], names: list[str]) -> None:
    """Prints what one process takes for all reductions, one after the other: a line each, and the whole by company."""
    context = processes()
    lines = [rows(folder, "orders") for folder in folders]
    print("all reductions one after the other in one process")
    told = {"order lines": lines, "contacts": [rows(folder, "touchpoints") for folder in folders]}
    told["megabytes"] = [megabytes(folder) for folder in folders]
    for name, counts in told.items():
        print(f"{name:<28}" + "".join(f"{count:16,}" for count in counts))
    heads = "".join(f"{'s':>8}{'cpu s':>8}" for _ in folders) + "".join(f"{'growth':>8}" for _ in folders[1:])
    print(f"{'reduction':<28}{heads}")
    found = [_received(context, folder, names) for folder in folders]
    for name in names:
        told = "".join(
            f"{one[name]['seconds']:8.2f}{one[name]['cpu']:8.2f}" if good(one, name) else f"{'failed':>16}"
            for one in found
        )
        print(f"{name:<28}{told}{growths(found, lines, [name])}")
    sums = "".join(f"{total(one, names, 'seconds'):8.1f}{total(one, names, 'cpu'):8.1f}" for one in found)
    print(f"{'sum':<28}{sums}{growths(found, lines, names)}")
    peaks = (max(one[name]["peak_mb"] for name in names if good(one, name)) for one in found)
    print(f"{'largest memory, MB':<28}" + "".join(f"{peak:16.0f}" for peak in peaks) + "\n", flush=True)


def good(found: dict[str, dict[str, float | str]], name: str) -> bool:
    """Whether a reduction gave a result."""
    return "cpu" in found.get(name, {})


def total(found: dict[str, dict[str, float | str]], names: list[str], part: str) -> float:
    """Seconds of some reductions together; those that failed count nothing."""
    return sum(found[name][part] for name in names if good(found, name))


def growths(found: list[dict[str, dict[str, float | str]]], lines: list[int], names: list[str]) -> str:
    """Growth of the processor time over the growth of the order lines, from each company to the next."""
    spent = [max(total(one, names, "cpu"), 0.01) for one in found]
    ratios = (spent[k] / spent[k - 1] / (lines[k] / lines[k - 1]) for k in range(1, len(lines)))
    return "".join(f"{ratio:8.2f}" for ratio in ratios)


def _received(
    context: "multiprocessing.context.ForkServerContext", folder: str, names: list[str]
) -> dict[str, dict[str, float | str]]:
    """What one process that carries out all reductions sends; less if it ends early."""
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=all_in_one, args=(theirs, folder, names))
    process.start()
    theirs.close()
    found: dict[str, dict[str, float | str]] = {}
    try:
        while (one := ours.recv())[0]:
            found[one[0]] = one[1]
    except EOFError:
        pass
    process.join()
    return found


def rows(folder: str, table: str) -> int:
    """Rows of an event table of a company."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_count, (folder, table))


def _count(folder: str, table: str) -> int:
    from crossborder.company import Company

    return int(Company.open(folder).events(table).count().to_pandas())


def megabytes(folder: str) -> int:
    """Size of a company's tables on disk."""
    return round(sum(path.stat().st_size for path in Path(folder).rglob("*.parquet")) / 1e6)


def table(folders: list[str], names: list[str], limit: float = float("inf")) -> None:
    """Prints one line a reduction: seconds and peak memory in each company, and the growth between them.

    Reductions that would begin after `limit` seconds are named and not measured.
    """
    started, context = time.monotonic(), processes()
    lines = [rows(folder, "orders") for folder in folders]
    print("order lines: " + ", ".join(f"{count:,}" for count in lines))
    heads = "".join(f"{'s':>8}{'cpu s':>8}{'MB':>7}" for _ in folders) + "".join(f"{'growth':>8}" for _ in folders[1:])
    print(f"{'reduction':<28}{heads}")
    total, peak = [0.0] * len(folders), [0.0] * len(folders)
    for count, name in enumerate(names):
        if time.monotonic() - started > limit:
            print(f"not measured within {limit:.0f} s: " + ", ".join(names[count:]))
            break
        found = [measured(context, folder, name) for folder in folders]
        text = ""
        for place, one_found in enumerate(found):
            if "error" in one_found:
                text += f"  {one_found['error'][:21]:<21}"
                continue
            total[place] += one_found["seconds"]
            peak[place] = max(peak[place], one_found["peak_mb"])
            text += f"{one_found['seconds']:8.2f}{one_found['cpu']:8.2f}{one_found['peak_mb']:7.0f}"
        for place in range(1, len(folders)):
            a, b = found[place - 1], found[place]
            if "error" not in a and "error" not in b:
                ratio = b["cpu"] / max(a["cpu"], 0.01) / (lines[place] / lines[place - 1])
                text += f"{ratio:8.2f}"
        print(f"{name:<28}{text}", flush=True)
    ends = zip(total, peak, strict=True)
    print(f"{'sum, largest':<28}" + "".join(f"{seconds:8.1f}{'':8}{memory:7.0f}" for seconds, memory in ends))


def measure(folders: list[str], names: list[str], parts: list[str]) -> None:
    """Both tables, or one of them, within the time of a benchmark."""
    started = time.monotonic()
    if "together" in parts:
        together(folders, names)
    if "apart" in parts:
        table(folders, names, SECONDS - (time.monotonic() - started))


def main(arguments: list[str]) -> None:
    """Measures the folders named, or the demo company and one ten times its size; `only=TEXT` picks reductions."""
    from tests.scale.reductions import REDUCTIONS

    only = [a.removeprefix("only=") for a in arguments if a.startswith("only=")]
    names = [name for name in REDUCTIONS if not only or any(part in name for part in only)]
    parts = [part for part in ("together", "apart") if part in arguments] or ["together", "apart"]
    folders = [a for a in arguments if not a.startswith("only=") and a not in ("together", "apart")]
    if folders:
        measure(folders, names, parts)
        return
    with tempfile.TemporaryDirectory() as made:
        command = [sys.executable, "-m", "crossborder.reports.cli", "demo", "--scale", "10", "--to", f"{made}/ten"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        hundred = os.environ.get("BENCH_SCALE_100", "")
        if not hundred:
            print(
                "scale 100 is not measured: name its folder in BENCH_SCALE_100"
                " (made by `crossborder demo --scale 100 --to FOLDER`)"
            )
        companies = [str(ROOT / "data" / "demo"), f"{made}/ten", *([hundred] if hundred else [])]
        measure(companies, names, parts)


if __name__ == "__main__":
    main(sys.argv[1:])
