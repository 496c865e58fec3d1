"""Tests of pages and versions read by the marketing area's methods, as the launch decision needs them."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.marketing import experiments as tests
from crossborder.marketing import sequential
from crossborder.selection import pilots

__all__ = ["read_tests", "sequential_path"]


def _arms(experiments: pd.DataFrame) -> pd.DataFrame:
    table = experiments[experiments["design"] != "geo"]
    if table.empty:
        raise InputError.out_of_range("experiments", "only geo tests", "at least one test with arms")
    return table


def read_tests(experiments: pd.DataFrame, level: float = 0.9, least_days: int = 14) -> pd.DataFrame:
    """Every test with arms, one row a treated arm: people, relative effect with interval, p, sample ratio, verdict.

    Arms of one test are corrected for their number (Holm). A broken split is not read, nor a test of fewer than
    `least_days` days: it saw no two full weeks and was most likely stopped at a lucky moment. `effect_found` is the
    lift that the test would have found with 80 % power, so that "no difference" is told from "too small to tell".
    chance_better and loss_if_changed (`pilots.better_rate`, each arm alone) are missing where a test must not be read.
    """
    rows = [
        row for _, part in _arms(experiments).groupby("experiment_id") for row in _one_test(part, level, least_days)
    ]
    return pd.DataFrame(rows)


def _one_test(part: pd.DataFrame, level: float, least_days: int) -> list[dict]:
    sums = part.groupby("arm")[["converted", "exposed"]].sum().astype(float)
    planned = part.groupby("arm")["planned_share"].first()
    names = ["control", *[arm for arm in sums.index if arm != "control"]]
    ratio = tests.sample_ratio_mismatch(sums.loc[names, "exposed"].to_numpy(), planned[names].tolist())
    people = sums.rename(columns={"exposed": "people"})
    corrected = tests.many_arms(people, level=level)["p_corrected"]
    base = tuple(sums.loc["control", ["converted", "exposed"]])
    smallest = float(sums["exposed"].min())
    able = tests.minimum_detectable(smallest, base[0] / base[1]) / (base[0] / base[1])
    days = part["date"].nunique()
    flaw = "split broken: do not read" if ratio["mismatch"] else ""
    flaw = flaw or ("stopped early: do not read" if days < least_days else "")
    out = []
    for arm in names[1:]:
        effect = tests.proportion_effect(base, tuple(sums.loc[arm, ["converted", "exposed"]]), level=level)
        found = corrected[arm] < 1 - level
        belief = pilots.better_rate(base, tuple(sums.loc[arm, ["converted", "exposed"]]))
        belief = dict.fromkeys(belief, np.nan) if flaw else belief  # what must not be read supports no belief
        words = ("better" if effect.relative > 0 else "worse") if found else "no difference shown"
        out.append(
            {
                "experiment_id": part["experiment_id"].iloc[0], "subject": part["subject"].iloc[0], "arm": arm,
                "people": int(sums["exposed"].sum()), "days": days, "relative": effect.relative,
                "relative_low": effect.relative_low, "relative_high": effect.relative_high,
                "p_value": float(corrected[arm]), "effect_found": able, "split_p": float(ratio["p_value"]),
                "chance_better": belief["better"], "loss_if_changed": belief["loss_if_changed"],
                "verdict": flaw or words,
            }
        )  # fmt: skip
    return out


def sequential_path(
    experiments: pd.DataFrame, experiment: str, looks: int = 6, planned_days: int = 0, level: float = 0.95
) -> pd.DataFrame:
    """The z value of the first treated arm at each planned look, with the boundary that holds over all looks.

    Columns: day (of the test), information (share of the planned days), z, boundary (O'Brien and Fleming), crossed,
    naive (whether a fixed-size test would call it), estimate with the always-valid interval (low, high), as
    differences of rates. `planned_days` 0: as many as were run.
    """
    part = _arms(experiments)
    part = part[part["experiment_id"] == experiment]
    if part.empty:
        raise InputError.unknown("experiment", experiment, _arms(experiments)["experiment_id"].unique())
    arm = next(name for name in part["arm"].unique() if name != "control")
    sums = part.pivot_table(index="date", columns="arm", values=["converted", "exposed"], aggfunc="sum").cumsum()
    hits, people = sums["converted"].astype(float), sums["exposed"].astype(float)
    rate = hits / people
    gap = (rate[arm] - rate["control"]).to_numpy()
    pooled = ((hits[arm] + hits["control"]) / (people[arm] + people["control"])).to_numpy()
    error = np.sqrt(pooled * (1 - pooled) * (1 / people[arm] + 1 / people["control"]).to_numpy())
    days = planned_days or len(sums)
    at = np.unique(np.clip(np.round(np.linspace(days / looks, days, looks)).astype(int), 1, days))
    limit = sequential.boundary(len(at), "obrien_fleming", alpha=1 - level, information=at / days)
    seen = at <= len(sums)
    row = at[seen] - 1
    tau = sequential.mixture_scale(float(error[-1] * np.sqrt(len(sums) / days)), alpha=1 - level)
    steady = sequential.always_valid(gap, error, tau=tau, level=level).iloc[row]
    z = gap[row] / error[row]
    table = pd.DataFrame({"day": at[seen], "information": at[seen] / days, "z": z, "boundary": limit[seen]})
    table["crossed"], table["naive"] = np.abs(z) > limit[seen], np.abs(z) > 1.959964
    return table.assign(estimate=gap[row], low=steady["low"].to_numpy(), high=steady["high"].to_numpy())
