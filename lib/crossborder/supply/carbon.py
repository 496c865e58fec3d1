"""Carbon of a product from cradle to door: stages x factors, by leg with two factor sets, and what it is worth.

Transport factors come from `crossborder.reference.emissions` (UK Government 2025); the steps follow ISO 14083:2023
(transport chains) and ISO 14067:2018 (product footprint) in structure. Material factors are the caller's own.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.reference import emissions
from crossborder.supply.checks import at_least, needs

__all__ = ["footprint", "green_value", "leg_emissions", "product_passport"]


def leg_emissions(
    legs: pd.DataFrame, other_factors: dict[str, float] | None = None, scope: str = "wtw"
) -> pd.DataFrame:
    """CO2e of transport legs, kg, by two factor sets.

    `legs` has mode, weight_kg, distance_km. The first set is the UK Government's; the second is `other_factors` (kg
    CO2e a tonne-km by mode, a company's own or licensed table) or, without it, the same set without the effect of
    flights at altitude.
    """
    needs(legs, "legs", "mode weight_kg distance_km")
    second = other_factors or {"air": float(emissions.factor("air_no_rf", scope))}
    tonne_km = legs["weight_kg"].to_numpy(float) / 1000 * legs["distance_km"].to_numpy(float)
    first = emissions.freight_kg(legs["weight_kg"], legs["distance_km"], legs["mode"].to_numpy(object), scope)
    factor = (
        legs["mode"]
        .map(second)
        .fillna(pd.Series(emissions.factor(legs["mode"].to_numpy(object), scope), index=legs.index))
    )
    return legs.assign(tonne_km=tonne_km, co2e_kg=first, co2e_kg_second=tonne_km * factor.to_numpy(float))


def footprint(stages: pd.DataFrame) -> pd.DataFrame:
    """Footprint of products: activity x factor by stage, share of the product's total, and whether it is a hotspot.

    `stages` has sku, stage, activity (in any unit), factor (kg CO2e a unit) and optionally factor_low, factor_high. A
    hotspot is a stage of at least a quarter of the total.
    """
    needs(stages, "stages", "sku stage activity factor")
    at_least("activity", stages["activity"], 0)
    table = stages.assign(co2e_kg=stages["activity"] * stages["factor"])
    for end in ("low", "high"):
        factor = stages[f"factor_{end}"] if f"factor_{end}" in stages else stages["factor"]
        table[f"co2e_kg_{end}"] = stages["activity"] * factor
    total = table.groupby("sku")["co2e_kg"].transform("sum")
    return table.assign(share=table["co2e_kg"] / total, hotspot=table["co2e_kg"] >= 0.25 * total)


def product_passport(stages: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """One row a product for a digital passport: kg CO2e with range, the hotspot stage, materials, traceable origin."""
    needs(products, "products", "sku name")
    table = footprint(stages)
    sums = table.groupby("sku")[["co2e_kg", "co2e_kg_low", "co2e_kg_high"]].sum()
    top = table.sort_values("co2e_kg", ascending=False).drop_duplicates("sku").set_index("sku")["stage"]
    keep = [c for c in ("sku", "name", "materials", "certificates", "supplier_id") if c in products]
    return products[keep].merge(sums.assign(hotspot=top).reset_index(), on="sku")


def green_value(
    cost_year: ArrayLike,
    tonnes_saved_year: ArrayLike,
    carbon_price: ArrayLike,
    brand_gain_year: ArrayLike,
    risk_gain_year: ArrayLike,
    investment: float,
    years: int,
    discount_rate: float,
) -> pd.DataFrame:
    """Net present value of a green programme by source of benefit, money: carbon, brand, risk, less its yearly cost.

    Arrays give low, base and high cases side by side. `break_even_carbon_price` is the price a tonne at which it pays.
    """
    if years < 1 or discount_rate <= -1:
        raise InputError.out_of_range(
            "years, discount_rate", (years, discount_rate), "at least 1 year, a rate above -1"
        )
    factor = float(((1 + discount_rate) ** -np.arange(1, years + 1)).sum())
    parts = {
        "carbon": np.asarray(tonnes_saved_year, float) * carbon_price,
        "brand": np.asarray(brand_gain_year, float),
        "risk": np.asarray(risk_gain_year, float),
        "cost": -np.asarray(cost_year, float),
    }
    table = pd.DataFrame({name: np.atleast_1d(np.asarray(value, float) * factor) for name, value in parts.items()})
    table["investment"] = -float(investment)
    table["npv"] = table.sum(axis=1)
    other = table["npv"] - table["carbon"]
    table["break_even_carbon_price"] = -other / (np.maximum(np.asarray(tonnes_saved_year, float), 1e-12) * factor)
    return table
