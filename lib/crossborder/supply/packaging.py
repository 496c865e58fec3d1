"""Packing: fee tiers and redesign, damage in transit against pack cost, and the choice of material.

Source of the damage model: R. E. Newton, Fragility Assessment Theory and Practice, MTS 1968 (fragility in g), with a
lognormal spread of drop heights as ISTA test series assume; fee tiers from `crossborder.reference.fees`.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from crossborder.reference import fees
from crossborder.supply.checks import at_least, needs, positive

__all__ = ["damage_probability", "material_tradeoff", "pack_test_rule", "redesign_saving"]


def redesign_saving(
    products: pd.DataFrame,
    price_usd: ArrayLike,
    units_year: ArrayLike,
    on: str | pd.Timestamp,
    shrink_cm: float = 2.0,
    lighter_share: float = 0.05,
) -> pd.DataFrame:
    """Fulfilment fee now and with packing `shrink_cm` smaller on its longest side (in proportion) and lighter.

    Gives tier and fee before and after, USD, and the yearly saving; products near a tier's edge gain most.
    """
    needs(products, "products", "sku length_cm width_cm height_cm weight_kg")
    sides = products[["length_cm", "width_cm", "height_cm"]].to_numpy(float)
    longest = sides.max(1, keepdims=True)
    smaller = sides * np.maximum((longest - shrink_cm) / longest, 0.5)
    weight = products["weight_kg"].to_numpy(float)
    price = np.broadcast_to(positive("price_usd", price_usd), weight.shape)
    lighter = weight * (1 - lighter_share)
    before, after = (
        fees.fba_fulfilment(*sides.T, weight, price, on),
        fees.fba_fulfilment(*smaller.T, lighter, price, on),
    )
    units = at_least("units_year", units_year, 0)
    return pd.DataFrame(
        {
            "sku": products["sku"].to_numpy(),
            "tier_before": fees.fba_size_tier(*sides.T, weight),
            "tier_after": fees.fba_size_tier(*smaller.T, lighter),
            "fee_before": before,
            "fee_after": after,
            "saving_year": (before - after) * units,
        }
    ).sort_values("saving_year", ascending=False, ignore_index=True)


def damage_probability(
    drop_height_m: ArrayLike, fragility_g: ArrayLike, cushion_cm: ArrayLike, drops: float = 4.0, spread: float = 0.45
) -> np.ndarray:
    """Probability that at least one of `drops` handlings breaks the product.

    The shock of a drop through a cushion of thickness t is about 2 h / (0.5 t) g (half of the cushion is used);
    heights are lognormal around `drop_height_m` with log sd `spread`.
    """
    height, limit = positive("drop_height_m", drop_height_m), positive("fragility_g", fragility_g)
    cushion = positive("cushion_cm", cushion_cm) / 100
    endured = limit * 0.5 * cushion / 2  # the height at which the shock reaches the fragility
    single = special.ndtr((np.log(height) - np.log(endured)) / spread)
    return 1 - (1 - single) ** drops


def pack_test_rule(
    value: float, pack_cost_cm: float, fragility_g: float, drop_height_m: float, cushions_cm: ArrayLike, **model: float
) -> pd.DataFrame:
    """Cushion thickness against damage: probability, expected loss and total cost a piece; the best row is marked."""
    cushion = np.atleast_1d(positive("cushions_cm", cushions_cm))
    chance = damage_probability(drop_height_m, fragility_g, cushion, **model)
    table = pd.DataFrame(
        {
            "cushion_cm": cushion,
            "damage_probability": chance,
            "pack_cost": pack_cost_cm * cushion,
            "loss": chance * value,
        }
    )
    table["total"] = table["pack_cost"] + table["loss"]
    return table.assign(best=table["total"] == table["total"].min())


def material_tradeoff(
    materials: pd.DataFrame, freight_per_kg: float, value: float, waste_fee_kg: float
) -> pd.DataFrame:
    """Packing materials by total cost a piece: price, freight of their weight, damage, waste fee; kg CO2e beside it.

    `materials` has material, price, weight_kg, damage_rate, co2e_kg_per_kg.
    """
    needs(materials, "materials", "material price weight_kg damage_rate co2e_kg_per_kg")
    weight = materials["weight_kg"]
    table = materials.assign(
        freight=weight * freight_per_kg,
        damage=materials["damage_rate"] * value,
        waste=weight * waste_fee_kg,
        co2e_kg=weight * materials["co2e_kg_per_kg"],
    )
    table["total"] = table[["price", "freight", "damage", "waste"]].sum(axis=1)
    return table.sort_values("total", ignore_index=True)
