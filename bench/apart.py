"""Peers that hold pandas below its newest, run from an environment of their own; numbers go through files.

The environment is made from `peers.lock` (hashes checked) beside the project's own, by `make bench`. Its process runs
in turn with ours, on the same inputs, within the same minute.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench import harness

__all__ = ["ENVIRONMENT", "rows"]

ENVIRONMENT = Path(os.environ.get("CROSSBORDER_PEERS", Path(sys.prefix).parent / ".venv-peers"))
SAMPLE, ROUNDS, WEEKS = 200, 3, 104
SIZES = (1_000, 10_000, 100_000)

# What runs in the other environment: it knows nothing of the package.
THERE = """
import importlib.metadata, json, resource, sys, time, warnings
import numpy as np
warnings.simplefilter("ignore")
given, found = np.load(sys.argv[1]), {}
h, p, K, mean, sd, lead, y = (given[name] for name in ("h", "p", "K", "mean", "sd", "lead", "y"))
def measured(name, call):
    call()
    times = []
    for _ in range(int(sys.argv[3])):
        began = time.perf_counter(); result = call(); times.append(time.perf_counter() - began)
    found[name] = {"times": times, "result": np.asarray(result, float).tolist()}
n = range(len(h))
from stockpyl import newsvendor, rq
measured("newsvendor", lambda: [newsvendor.newsvendor_normal(h[i], p[i], mean[i], sd[i])[0] for i in n])
measured("reorder points", lambda: [rq.r_q_eil_approximation(h[i], p[i], K[i], mean[i], sd[i], lead[i])[0] for i in n])
from statsforecast.models import TSB, CrostonClassic
measured("Croston", lambda: [CrostonClassic().forecast(row, 1)["mean"][0] for row in y])
measured("TSB", lambda: [TSB(0.1, 0.1).forecast(row, 1)["mean"][0] for row in y])
found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
names = ("stockpyl", "statsforecast", "pandas", "numpy")
found["versions"] = {name: importlib.metadata.version(name) for name in names}
json.dump(found, open(sys.argv[2], "w"))
"""


def rows(folder: Path) -> Iterator[str]:
    """The lines of the table for stockpyl and statsforecast; each takes a sample of the items, one call an item."""
    from crossborder.supply import intermittent, inventory, newsvendor

    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        yield "| stockpyl, statsforecast | not measured: `make bench` makes their environment | | | | | | | |"
        return
    inputs = {size: _inputs(size) for size in SIZES}
    peer = _there(python, folder, {name: values[:SAMPLE] for name, values in inputs[SIZES[0]].items()})
    ours = {
        "newsvendor": lambda i: newsvendor.normal(i["h"], i["p"], i["mean"], i["sd"]),
        "reorder points": lambda i: inventory.rq_backorder_unit(i["h"], i["p"], i["K"], i["mean"], i["sd"], i["lead"]),
        "Croston": lambda i: intermittent.croston(i["y"]),
        "TSB": lambda i: intermittent.tsb(i["y"]),
    }
    for name, call in ours.items():
        by, item = ("stockpyl", "SKUs") if name in ("newsvendor", "reorder points") else ("statsforecast", "series")
        medians = []
        sizes = SIZES if by == "stockpyl" else SIZES[:2]
        for size in sizes:
            memory, result = harness.peak_megabytes(lambda call=call, size=size: call(inputs[size]))
            times = [harness.seconds(lambda call=call, size=size: call(inputs[size])) for _ in range(ROUNDS)]
            theirs = [seconds * size / SAMPLE for seconds in peer[name]["times"]]
            gap = _gap(result, np.array(peer[name]["result"])) if size == SIZES[0] else ""
            version = f"{by} {peer['versions'][by]}, apart"
            yield harness.row(name, f"{size:,} {item}", version, times, theirs, (memory, np.nan), gap)
            medians.append(np.median(times))
        yield harness.growth(name, sizes, medians, np.array(sizes) / sizes[0])
    versions = ", ".join(f"{name} {version}" for name, version in peer["versions"].items())
    yield f"| the other environment | {versions}; {peer['memory']:.0f} MB at its peak | | | | | | | |"


def _inputs(size: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(20261031)
    bounds = {"h": (0.1, 3), "p": (10, 60), "K": (5, 200), "mean": (100, 5000), "sd": (10, 150), "lead": (0.02, 0.3)}
    made = {name: rng.uniform(low, high, 100_000)[:size] for name, (low, high) in bounds.items()}
    series = min(size, SIZES[1])
    return made | {"y": rng.poisson(rng.lognormal(0.2, 1.0, (SIZES[1], 1)), (SIZES[1], WEEKS)).astype(float)[:series]}


def _there(python: Path, folder: Path, inputs: dict[str, np.ndarray]) -> dict:
    """What the other environment measured and found."""
    given, found, script = folder / "inputs.npz", folder / "found.json", folder / "there.py"
    np.savez(given, **inputs)
    script.write_text(THERE, encoding="utf-8")
    command = [str(python), str(script), str(given), str(found), str(ROUNDS)]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    return json.loads(found.read_text(encoding="utf-8"))


def _gap(result: object, peer: np.ndarray) -> str:
    """The largest relative difference on the sample."""
    value = result.rate if hasattr(result, "rate") else result[0] if isinstance(result, tuple) else result
    for name in ("reorder_point", "order_up_to_level", "level", "quantity", "order_quantity"):
        value = getattr(value, name, value)
    ours = np.asarray(value, dtype=float)[: len(peer)]
    return f"{np.max(np.abs(ours - peer) / np.maximum(np.abs(peer), 1e-12)):.1e}"
