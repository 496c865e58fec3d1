"""What transport charges for: volumetric and chargeable weight, container cube, and freight of a piece by lane.

Sources of the conventions: carriers' tariff pages (divisors 5,000 cm3/kg courier and 6,000 air, 139 in3/lb, 1 cbm =
1,000 kg at sea); rounding up to the next 0.5 kg up to 10 kg and to the next whole kg above, as FedEx prints it.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.supply.checks import at_least, needs, positive

__all__ = [
    "CONTAINERS",
    "DIVISORS",
    "chargeable_weight",
    "container_load",
    "freight_per_piece",
    "rate_shock",
    "round_up_weight",
    "volumetric_weight",
]

# cm3 a kg; at sea the unit is the greater of tonnes and cubic metres ("W/M").
DIVISORS = {"courier": 5000.0, "air": 6000.0, "sea_air": 6000.0, "road": 3000.0, "rail": 3000.0, "sea": 1000.0}
# Usable volume (cbm, with stowage losses) and payload (kg).
CONTAINERS = {"20ft": (28.0, 21_700.0), "40ft": (58.0, 26_500.0), "40ft_high_cube": (66.0, 26_300.0)}
KG_PER_POUND, CM3_PER_INCH3 = 0.45359237, 16.387064


def volumetric_weight(
    length_cm: ArrayLike, width_cm: ArrayLike, height_cm: ArrayLike, divisor: ArrayLike = 5000.0
) -> np.ndarray:
    """Weight that a parcel's volume stands for, kg: volume in cm3 / divisor.

    >>> float(volumetric_weight(80, 70, 75))
    84.0
    """
    sides = [
        positive(name, x)
        for name, x in zip(("length_cm", "width_cm", "height_cm"), (length_cm, width_cm, height_cm), strict=True)
    ]
    return sides[0] * sides[1] * sides[2] / positive("divisor", divisor)


def round_up_weight(
    weight_kg: ArrayLike, small_step: float = 0.5, limit_kg: float = 10.0, step: float = 1.0
) -> np.ndarray:
    """Weight rounded up to `small_step` up to `limit_kg` and to `step` above, kg."""
    weight = at_least("weight_kg", weight_kg, 0)
    return np.where(
        weight <= limit_kg + 1e-9,
        np.ceil(weight / small_step - 1e-9) * small_step,
        np.ceil(weight / step - 1e-9) * step,
    )


def chargeable_weight(
    weight_kg: ArrayLike,
    length_cm: ArrayLike,
    width_cm: ArrayLike,
    height_cm: ArrayLike,
    divisor: ArrayLike = 5000.0,
    rounded: bool = True,
) -> np.ndarray:
    """Weight that is charged, kg: the greater of actual and volumetric, rounded up as couriers do.

    >>> float(chargeable_weight(2.2, 40, 40, 40))
    13.0
    """
    actual = positive("weight_kg", weight_kg, "weigh the packed piece; 0 or missing cannot be shipped")
    heavier = np.maximum(actual, volumetric_weight(length_cm, width_cm, height_cm, divisor))
    return round_up_weight(heavier) if rounded else heavier


def container_load(
    weight_kg: ArrayLike, volume_cbm: ArrayLike, container: str = "40ft", fill: float = 1.0
) -> pd.DataFrame:
    """Pieces a container takes, and what limits it (volume or weight); `fill` is the share of the volume in use."""
    if container not in CONTAINERS:
        raise InputError.unknown("container", container, CONTAINERS)
    room, payload = CONTAINERS[container]
    by_volume = room * fill / positive("volume_cbm", volume_cbm)
    by_weight = payload / positive("weight_kg", weight_kg)
    pieces = np.atleast_1d(np.floor(np.minimum(by_volume, by_weight)))
    return pd.DataFrame({"pieces": pieces, "limit": np.where(by_weight < by_volume, "weight", "volume")})


def freight_per_piece(
    products: pd.DataFrame,
    lanes: pd.DataFrame,
    container: str = "40ft",
    fill: float = 0.85,
    pieces_per_parcel: float = 1.0,
) -> np.ndarray:
    """Main freight of a piece, in the lane's currency, products x lanes.

    Air, road, sea-air and rail by chargeable kilogram (no rounding: pieces share a consignment); couriers by rounded
    parcel; sea by the cheaper of a part load (greater of cbm and tonnes) and a full container at `fill`.
    """
    needs(products, "products", "weight_kg length_cm width_cm height_cm")
    needs(lanes, "lanes", "mode cost_per_kg cost_per_cbm cost_per_container")
    weight = positive("weight_kg", products["weight_kg"], "weigh the packed piece; 0 or missing cannot be shipped")
    cm3 = volumetric_weight(products["length_cm"], products["width_cm"], products["height_cm"], 1.0)
    mode = lanes["mode"].to_numpy(str)
    by_kg, by_cbm, by_box = (lanes[c].to_numpy(float) for c in ("cost_per_kg", "cost_per_cbm", "cost_per_container"))
    room, payload = CONTAINERS[container]
    kilos = np.empty((len(weight), len(lanes)))
    for name in np.unique(mode):  # over a handful of modes
        charged = np.maximum(weight, cm3 / DIVISORS.get(name, 6000.0))
        if name == "courier":
            charged = round_up_weight(charged * pieces_per_parcel) / pieces_per_parcel
        kilos[:, mode == name] = charged[:, None]
    cost = np.where(np.isfinite(by_kg), kilos * np.nan_to_num(by_kg), np.inf)
    bulk = np.isfinite(by_cbm) | np.isfinite(by_box)
    loose, boxed = (np.where(np.isfinite(x), x, np.inf)[bulk] for x in (by_cbm, by_box))
    share = np.maximum(cm3 / 1e6 / (room * fill), weight / payload)
    by_volume = np.minimum(np.maximum(cm3 / 1e6, weight / 1000)[:, None] * loose, share[:, None] * boxed)
    cost[:, bulk] = np.minimum(cost[:, bulk], by_volume)
    priced = np.isfinite(cost).all(0)
    if not priced.all():
        lane = lanes["lane_id"].to_numpy()[~priced][0] if "lane_id" in lanes else int(np.argmin(priced))
        raise InputError.out_of_range(f"price of lane {lane}", "missing", "a cost a kg, a cbm or a container")
    return cost


def rate_shock(
    freight: ArrayLike, other_cost: ArrayLike, price: ArrayLike, factors: ArrayLike, pass_through: float = 0.0
) -> pd.DataFrame:
    """Margin when freight is multiplied, and how much price would have to rise to keep it; sums over all pieces.

    `pass_through` is the share of the extra freight that buyers pay. One row a factor.
    """
    freight, other, price = (float(np.sum(x)) for x in (freight, other_cost, price))
    factor = np.atleast_1d(np.asarray(factors, float))
    extra = freight * (factor - 1)
    income = price + pass_through * extra
    margin = income - other - freight * factor
    return pd.DataFrame(
        {
            "factor": factor,
            "freight": freight * factor,
            "margin": margin,
            "margin_share": margin / income,
            "price_rise_to_keep_margin": extra / price,
        }
    )
