"""How far published figures carry: grades, contradictions recomputed from the claims, clustering of digits."""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.reference import files
from crossborder.reference.claims import claims

__all__ = ["arithmetic", "contradictions", "digit_clustering", "grades", "tested"]

GRADES = {
    "A": "official or measured, source and scope named",
    "B": "general figure with year and place",
    "C": "general figure without year or place, or a target",
    "D": "one firm's result, or an effect claimed without a control",
    "E": "repeats another claim",
}
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
}
TESTED = (
    "claim_id", "lever", "claimed", "own", "own_low", "own_high", "ratio", "verdict", "unit", "measured_as", "result",
)  # fmt: skip
FUNCTIONS: dict[str, Callable[..., float]] = {"ln": math.log, "abs": abs, "min": min, "max": max}


def grades(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """The claims with a grade of evidence from A to E and its reason.

    None of the claims is official or measured by a named method, so the best grade that they reach is B. An effect
    (uplift) or a single firm's result (anecdote) is never evidence of cause; it may be tested, not used.
    """
    table = claims() if table is None else table.copy()
    dated, placed = table["year"].notna(), table["geography"].notna() & (table["geography"] != "")
    effect = table["kind"].isin(["anecdote", "uplift"])
    repeat = table["repeat"].astype(bool)
    target = table["kind"].isin(["target", "threshold"])
    grade = np.select([repeat, effect, target | ~(dated & placed)], ["E", "D", "C"], "B")
    return table.assign(grade=grade, reason=pd.Series(grade, index=table.index).map(GRADES))


def contradictions(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every contradiction of the guide, recomputed from the claim rows that it names.

    Columns: contradiction_id, severity, area, question, value, unit, breaks (whether the arithmetic fails), reading,
    claims. A breaks a model if both figures are used, B needs a stated choice. Raises InputError for a claim that does
    not exist, or a formula that is more than arithmetic.
    """
    known = (claims() if table is None else table).set_index("claim_id")
    rows = [_recomputed(row, known) for row in files.read("contradictions.csv").itertuples()]
    return pd.DataFrame([*rows, _recycled(known.reset_index())])


def _recycled(known: pd.DataFrame) -> dict[str, object]:
    """K76: how many exact claimed changes are one of four round values, which the clustering of digits counts."""
    first = digit_clustering(known).iloc[0]
    reading = (
        f"{first['hits']} of {first['claims']} exact changes are 25, 30, 35 or 40 %; measured effects do not cluster"
    )
    return {
        "contradiction_id": "K76",
        "severity": "B",
        "area": "all",
        "question": "Share of exact claimed changes that are one of four round values",
        "value": float(first["share"]),
        "unit": "fraction",
        "breaks": bool(first["p_value"] < 0.001),
        "reading": reading,
        "claims": "all exact relative changes",
    }


def _recomputed(row: tuple, known: pd.DataFrame) -> dict[str, object]:
    names = {}
    for part in row.claims.split(";"):
        name, place = (text.strip() for text in part.split("="))
        claim, end = place.split(".")
        if claim not in known.index:
            raise InputError.unknown(f"claim of {row.contradiction_id}", claim, known.index)
        names[name] = float(known.loc[claim, f"value_{end}"])
    value = arithmetic(row.formula, names)
    return {
        "contradiction_id": row.contradiction_id,
        "severity": row.severity,
        "area": row.area,
        "question": row.question,
        "value": value,
        "unit": row.unit,
        "breaks": bool(arithmetic(row.breaks_if, names | {"x": value})),
        "reading": _filled(row.reading, names | {"x": value}),
        "claims": row.claims,
    }


def _filled(reading: str, names: Mapping[str, float]) -> str:
    """A reading with the value of each formula in braces: {end / base - 1:.0%}."""
    return re.sub(r"\{([^{}:]+):([^{}]+)\}", lambda part: format(arithmetic(part[1], names), part[2]), reading)


def arithmetic(formula: str, names: Mapping[str, float]) -> float:
    """The value of a formula of names, numbers, + - * / **, comparisons, ln, abs, min and max; nothing else runs.

    >>> arithmetic("(end / base) ** (1 / 2) - 1", {"base": 100.0, "end": 121.0})
    0.10000000000000009
    """
    return _value(ast.parse(formula, mode="eval").body, names, formula)


def _value(node: ast.AST, names: Mapping[str, float], formula: str) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.left, names, formula), _value(node.right, names, formula))
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.operand, names, formula))
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OPERATORS:
        return OPERATORS[type(node.ops[0])](
            _value(node.left, names, formula), _value(node.comparators[0], names, formula)
        )
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        return FUNCTIONS[node.func.id](*(_value(argument, names, formula) for argument in node.args))
    raise InputError.out_of_range(
        "formula", formula, f"arithmetic on {', '.join(sorted(names))}, with {', '.join(FUNCTIONS)}"
    )


def digit_clustering(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """How often exact relative changes fall on round values, against the share of all whole per cents that are round.

    One row a set of values: count, expected_share if whole per cents from 1 to 100 were alike, share, and the exact
    binomial probability of so many or more. Measured effects do not cluster so (cf. Benford, 1938; heaping).
    """
    from scipy.stats import binomtest

    table = claims() if table is None else table
    changes = table[
        (table["unit"] == "fraction") & (table["value_low"] == table["value_high"]) & ~table["repeat"].astype(bool)
    ]
    changes = changes[changes["metric"].str.contains("relative_change", regex=False)]
    percent = (changes["value_low"].abs() * 100).round(6)
    whole = percent[(percent % 1 == 0) & percent.between(1, 100)].astype(int)
    sets = {
        "25, 30, 35 or 40 per cent": {25, 30, 35, 40},
        "multiples of ten": set(range(10, 101, 10)),
        "multiples of five": set(range(5, 101, 5)),
    }
    rows = []
    for name, values in sets.items():
        hits = int(whole.isin(values).sum())
        test = binomtest(hits, len(whole), len(values) / 100, alternative="greater")
        rows.append((name, len(whole), hits, hits / len(whole), len(values) / 100, test.pvalue))
    return pd.DataFrame(rows, columns=["values", "claims", "hits", "share", "expected_share", "p_value"])


def tested(results: pd.DataFrame, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Claims beside what the same measure is in this company, from the recorded results of a run.

    `results` has name, value, low, high; a lever's interval is that of its first result. Columns: claim_id, lever,
    claimed (middle of the claim's ends), own, own_low, own_high, ratio (own over claimed), verdict (the claim lies
    inside the interval, or is a larger or smaller effect than the estimate), unit, measured_as, result. Levers whose
    result was not recorded are left out.
    """
    known = (claims() if table is None else table).set_index("claim_id")
    own = results.drop_duplicates("name").set_index("name")
    rows = []
    for row in files.read("claim_levers.csv").itertuples():
        if row.result not in own.index or row.claim_id not in known.index:
            continue
        ends = known.loc[row.claim_id, ["value_low", "value_high"]].astype(float).dropna()
        others = dict(_named(row.others))
        if not set(others.values()) <= set(own.index):
            continue
        beside = {name: float(own.loc[place, "value"]) for name, place in others.items()}
        value, *interval = (_through(row.formula, own.loc[row.result, end], beside) for end in ("value", "low", "high"))
        low, high = sorted(interval) if not np.isnan(interval).any() else (np.nan, np.nan)
        claimed = float(ends.mean())
        rows.append(
            (
                row.claim_id,
                row.lever,
                claimed,
                value,
                low,
                high,
                value / claimed,
                _verdict(claimed, value, low, high),
                row.unit,
                row.measured_as,
                row.result,
            )
        )
    return pd.DataFrame(rows, columns=list(TESTED))


def _named(text: object) -> list[tuple[str, str]]:
    """Names and what they stand for, from `name=place; name=place`."""
    parts = str(text).split(";") if isinstance(text, str) else []
    return [(name.strip(), place.strip()) for name, place in (part.split("=") for part in parts if part.strip())]


def _through(formula: str, value: float, beside: Mapping[str, float]) -> float:
    return (
        float("nan") if value is None or np.isnan(value) else float(arithmetic(formula, {"x": float(value), **beside}))
    )


def _verdict(claimed: float, value: float, low: float, high: float) -> str:
    if claimed < 0:  # a claimed cut: the larger cut is the larger claim
        claimed, value, low, high = -claimed, -value, -high, -low
    if not np.isnan(low):
        if low <= claimed <= high:
            return "claim inside our interval"
        return "claim above ours" if claimed > high else "claim below ours"
    if abs(claimed - value) <= 0.1 * abs(claimed):
        return "within a tenth of ours"
    return "claim above ours" if claimed > value else "claim below ours"
