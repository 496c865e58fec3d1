"""Smaller levers on landed cost side by side: yearly effect with its range, and what it rests on."""

import numpy as np
import pandas as pd

from crossborder.reference import taxes
from crossborder.supply import localisation, packaging, returns
from crossborder.supply.inputs import LandedInputs

__all__ = ["code_and_origin", "landed_levers", "origin_duty"]

COLUMNS = ["lever", "low", "base", "high", "rests_on"]


def landed_levers(
    inputs: LandedInputs, market: str, on: str | pd.Timestamp, damaged_share: float = 0.12
) -> pd.DataFrame:
    """Yearly effect (USD, low, base, high) of packing, returns, small batches, take-back and an own platform.

    `market` is the market of the fee tiers and of local assembly; `damaged_share` the share of returns that came
    damaged (see `returns.return_reasons`). Ranges come from the lever's own uncertain input, named in `rests_on`.
    """
    columns = (inputs.lanes["market"] == market).to_numpy()
    units, price = inputs.weights[:, columns].sum(1), inputs.price[:, columns].mean(1)
    rows = [_redesign(inputs, units, price, on), _padding(inputs, damaged_share), _fewer_returns(inputs)]
    rows += [_take_back(inputs), _batches(inputs)]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values("base", ascending=False, ignore_index=True)


def origin_duty(
    hs_codes: pd.Series, value: pd.Series, market: str, on: str | pd.Timestamp, origins: tuple[str, ...]
) -> pd.DataFrame:
    """Duty by origin for the same goods: mean rate with range, yearly duty, saving against the first origin.

    `value` is the yearly customs value by code, USD. Origins with a trade agreement are priced with a certificate.
    """
    rows, codes = [], hs_codes.to_numpy(object)
    every = taxes.duty_rate(
        np.tile(codes, len(origins)), market, on, np.repeat(np.array(origins, object), len(codes)), preference=True
    )
    for place, origin in enumerate(origins):  # over a handful of origins
        rates = every.iloc[place * len(codes) : (place + 1) * len(codes)]
        mean = {name: float((rates[name] * value.to_numpy()).sum() / value.sum()) for name in ("low", "base", "high")}
        rows.append(
            {"origin": origin, "duty_rate": mean["base"], "low": mean["low"], "high": mean["high"],
             "duty_year": mean["base"] * float(value.sum()), "confidence": rates["confidence"].max()}
        )  # fmt: skip
    table = pd.DataFrame(rows)
    return table.assign(saving_year=table["duty_year"].iloc[0] - table["duty_year"])


def code_and_origin(inputs: LandedInputs, market: str, duty_finished: float, duty_parts: float) -> dict[str, float]:
    """Local assembly of the market's mean piece against importing it finished (see `localisation.local_assembly`)."""
    columns = (inputs.lanes["market"] == market).to_numpy()
    units = inputs.weights[:, columns].sum(1)
    mean = {
        "value": float((inputs.products["unit_cost_usd"] * units).sum() / units.sum()),
        "price": float((inputs.price[:, columns].mean(1) * units).sum() / units.sum()),
    }
    freight = 0.12 * mean["value"]
    return localisation.local_assembly(
        mean["value"],
        0.8,
        duty_finished,
        duty_parts,
        freight,
        0.7 * freight,
        0.09 * mean["value"],
        0.05 * mean["value"],
        mean["price"],
    )


def _redesign(inputs, units, price, on):
    saved = [
        float(packaging.redesign_saving(inputs.products, price, units, on, shrink)["saving_year"].sum())
        for shrink in (1.0, 2.0, 3.0)
    ]
    return ["Packing 1, 2 or 3 cm shorter (size and weight fee)", *saved, "fee table; all pieces in the fee programme"]


def _padding(inputs: LandedInputs, damaged_share: float):
    back = inputs.sales["returned"].sum() * damaged_share
    cost = float((inputs.products["unit_cost_usd"].mean() + 2.5) * back)
    sold = inputs.sales["units"].sum()
    saved = []
    for height in (0.9, 0.75, 0.6):
        rule = packaging.pack_test_rule(cost / back, 0.012, 60.0, height, np.array([2.0, 3.0, 4.0, 5.0]))
        now, best = rule.iloc[0], rule.loc[rule["best"]].iloc[0]
        cut = 1 - best["damage_probability"] / max(now["damage_probability"], 1e-9)
        saved.append(cost * cut - (best["pack_cost"] - now["pack_cost"]) * sold)
    return ["Thicker padding by the drop test rule", *sorted(saved), "returns marked damaged; drops of 0.6 to 0.9 m"]


def _fewer_returns(inputs: LandedInputs):
    door = inputs.door.by_market
    by = inputs.sales.groupby("market")[["units"]].sum()["units"]
    value = float(inputs.products["unit_cost_usd"].mean())
    cost = returns.return_cost(door["return_rate"], value, 0.0, door["return_cost"], door["resale_share"])
    year = float((pd.Series(cost, index=door.index) * by).sum())
    return ["Returns cut by a tenth, a fifth, a third", year * 0.1, year * 0.2, year / 3, "own return rates and resale"]


def _take_back(inputs: LandedInputs):
    volume = float(inputs.sales["units"].sum()) * 0.03
    value = float(inputs.products["unit_cost_usd"].mean())
    net = returns.take_back(volume, value * 0.6, 2.2, 0.8, np.array([0.35, 0.5, 0.65]), 0.15)["net_year"]
    return ["Taking 3 % of pieces back for reuse", *net.tolist(), "usable share 35, 50, 65 %"]


def _batches(inputs: LandedInputs):
    demand = float(inputs.sales["units"].sum()) / max(inputs.sales["sku"].nunique(), 1)
    value = float(inputs.products["unit_cost_usd"].mean())
    rate, saved = inputs.terms.holding_rate_year, []
    for fee in (45.0, 30.0, 20.0):
        table = localisation.small_batches(demand, np.array([60.0, 90, 120, 180, 240, 360]), value, rate, fee)
        usual = table.loc[table["batch"] == 240, "total_year"].iloc[0]
        saved.append((usual - table["total_year"].min()) * inputs.sales["sku"].nunique())
    return ["Inbound batches at their best size instead of 240", *saved, "fee a batch USD 45, 30, 20"]
