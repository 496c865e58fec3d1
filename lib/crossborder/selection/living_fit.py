"""Whether a product fits the homes and the climate of its market: mains, humidity, temperatures, size of homes.

A score from 0 to 1 with its parts and the reason in words. What the mains ask for is no matter of points: `mains` says
what must be changed before a sale, and the gates put a cost and a delay on it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.reference import living

__all__ = ["PARTS", "LivingRules", "asks", "living_fit", "mains", "rated"]

PARTS = ("mains", "moisture", "temperature", "home_size")
GRADE_SD = {"A": 0.02, "B": 0.04, "C": 0.08, "D": 0.15}  # of a part whose fact has this confidence
USUAL_VOLTAGE = 0.10  # appliances bear a tenth more or less than their rating (IEC 60038)
ALLOWED = "one number or two, as 230 or 100-240"


@dataclass(frozen=True)
class LivingRules:
    """How the parts of the score are built; all are assumptions, to be changed where better is known.

    Weights of the parts; points of a plug that does not fit and of a voltage that does not; relative humidity where
    harm begins and where it is full; how far a hot day lies above the mean of the warmest month and over how many
    degrees beyond its limit a product loses all points; share of a year that counts as a whole season; share of a
    home's floor (cbm of the product a square metre) below which size does not matter and above which it does fully.
    """

    weights: tuple[float, float, float, float] = (0.30, 0.20, 0.25, 0.25)
    other_plug: float = 0.7
    other_voltage: float = 0.2
    humid: tuple[float, float] = (0.60, 0.85)
    hot_day_c: float = 8.0
    heat_span_c: float = 12.0
    season_share: float = 0.75
    crowds: tuple[float, float] = (2e-5, 2e-3)
    home: str = "CN"


def asks(goods: pd.DataFrame) -> pd.DataFrame:
    """What each product asks of a home: volts_low, volts_high (missing: no mains), moisture, heat_limit_c, warm_from_c,
    unfolds; from its HS code, materials, battery and category.
    """
    if missing := {"hs_code", "materials", "battery", "category"} - set(goods.columns):
        raise InputError.missing_columns("candidates", missing, goods.columns)
    needs = living.product_needs()
    low, high = rated(goods)
    heat = _by_material(goods, needs, "heat_limit_c", "min")
    cell = float(needs.query("kind == 'trait' and key == 'battery' and need == 'heat_limit_c'")["value"].iloc[0])
    cells = np.where(goods["battery"].fillna(False).to_numpy(bool), cell, np.nan)
    warm = needs[(needs["kind"] == "category") & (needs["need"] == "warm_from_c")].set_index("key")["value"]
    return pd.DataFrame(
        {
            "volts_low": low,
            "volts_high": high,
            "moisture": _by_material(goods, needs, "moisture", "max").fillna(0.0),
            "heat_limit_c": np.fmin(heat, cells),
            "warm_from_c": goods["category"].map(warm.astype(float)).astype(float),
            "unfolds": _by_code(goods, needs, "unfolds").astype(float).fillna(1.0),
        },
        index=goods.index,
    )


def rated(goods: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest voltage that each product bears by its rating; missing where it needs no mains.

    From `rated_voltage` where the goods state it, else from the HS code. A good with a battery charges by USB and needs
    no mains unless it states a voltage.
    """
    if missing := {"hs_code", "battery"} - set(goods.columns):
        raise InputError.missing_columns("candidates", missing, goods.columns)
    volts = _by_code(goods, living.product_needs(), "rated_voltage")
    volts = volts.mask(goods["battery"].fillna(False).to_numpy(bool), None)
    if "rated_voltage" in goods:
        stated = goods["rated_voltage"].astype(object)
        volts = stated.where(stated.notna(), volts)
    return _volts(volts)


def _by_code(goods: pd.DataFrame, needs: pd.DataFrame, need: str) -> pd.Series:
    """Value of the longest prefix of the HS code that the table knows."""
    out = pd.Series(None, index=goods.index, dtype=object)
    rows = needs[(needs["kind"] == "hs") & (needs["need"] == need)]
    for row in rows.sort_values("key", key=lambda k: k.str.len(), kind="stable").itertuples():  # over prefixes
        out = out.mask(goods["hs_code"].astype(str).str.startswith(row.key), row.value)
    return out


def _by_material(goods: pd.DataFrame, needs: pd.DataFrame, need: str, how: str) -> pd.Series:
    """Worst value over the materials of each good; missing where no material is known to ask for anything."""
    rows = needs[(needs["kind"] == "material") & (needs["need"] == need)].set_index("key")["value"].astype(float)
    parts = goods["materials"].fillna("").astype(object).str.lower().str.split("|").explode().str.strip()
    return parts.map(rows).astype(float).groupby(level=0).agg(how).reindex(goods.index)


def _volts(text: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    given = text.dropna().astype(str).str.strip()
    ends = given.str.extract(r"^(\d+(?:\.\d+)?)(?:\s*-\s*(\d+(?:\.\d+)?))?$")
    if ends[0].isna().any():
        raise InputError.out_of_range("rated_voltage", given[ends[0].isna()].iloc[0], ALLOWED)
    low = ends[0].astype(float)
    high = ends[1].astype(float).fillna(low)
    if (high < low).any():
        raise InputError.out_of_range("rated_voltage", given[high < low].iloc[0], ALLOWED)
    return tuple(end.reindex(text.index).to_numpy(float) for end in (low, high))


def mains(goods: pd.DataFrame, home: str = "CN") -> pd.DataFrame:
    """What the market's mains ask of each product: state (none, fits, plug, voltage), part_fits and words.

    `plug`: the voltage fits and no plug of the `home` market does; `voltage`: at least one voltage of the market is
    beyond the rating by more than a tenth (part_fits: another one is not). The plugs of a `home` that the table lacks
    count as fitting nowhere.
    """
    if "market" not in goods:
        raise InputError.missing_columns("candidates", {"market"}, goods.columns)
    low, high = (pd.Series(end, index=goods.index) for end in rated(goods))
    facts, everywhere = living.living_conditions(sorted(set(goods["market"]))), living.living_conditions()
    local = facts.loc[goods["market"]].set_axis(goods.index)
    volts = local["mains_voltage"].str.split("|").explode().astype(float)
    least, most = ((end * (1 + sign * USUAL_VOLTAGE)).reindex(volts.index) for end, sign in ((low, -1), (high, 1)))
    bears = ((volts >= least) & (volts <= most)).groupby(level=0).agg(["all", "any"]).reindex(goods.index)
    mine = set(everywhere.loc[home, "plug_types"].split("|")) if home in everywhere.index else set()
    plug = local["plug_types"].map(lambda types: bool(mine & set(types.split("|"))))
    state = np.select([low.isna(), ~bears["all"], ~plug], ["none", "voltage", "plug"], "fits")
    rating = low.map("{:g}".format) + "-" + high.map("{:g}".format) + " V"
    market, types = goods["market"].astype(str), local["plug_types"].str.replace("|", "/", regex=False)
    other = (
        "made for "
        + rating
        + ", "
        + market
        + " has "
        + local["mains_voltage"].str.replace("|", " and ", regex=False)
        + " V"
    )
    words = np.select(
        [state == "none", state == "voltage", state == "plug"],
        ["needs no mains", other, "needs a plug of type " + types + " (" + market + ")"],
        "mains and plug fit",
    )
    return pd.DataFrame({"state": state, "part_fits": bears["any"] & ~bears["all"], "words": words}, index=goods.index)


def living_fit(goods: pd.DataFrame, rules: LivingRules | None = None) -> pd.DataFrame:
    """Fit of each product with its market: living_fit (0 to 1), noise (standard deviation from the confidence of the
    facts), one column a part (0 to 1), weakest (the part that costs most) and words (why).

    `goods`: market, hs_code, materials, battery, category, volume_cbm, optional rated_voltage. A part that a product
    does not ask for counts 1; a missing volume counts one half with the noise of knowing nothing.
    """
    rules = LivingRules() if rules is None else rules
    if missing := {"market", "volume_cbm"} - set(goods.columns):
        raise InputError.missing_columns("candidates", missing, goods.columns)
    need, plugged = asks(goods), mains(goods, rules.home)
    facts = living.living_conditions(sorted(set(goods["market"])))
    local = facts.loc[goods["market"]].set_axis(goods.index)
    parts = pd.DataFrame(
        {
            "mains": plugged["state"].map({"plug": rules.other_plug, "voltage": rules.other_voltage}).fillna(1.0),
            "moisture": 1 - need["moisture"] * _between(local["humidity"], *rules.humid),
            "temperature": _temperature(need, local, rules),
            "home_size": _home_size(goods["volume_cbm"].astype(float) * need["unfolds"], local["dwelling_m2"], rules),
        },
        index=goods.index,
    )
    weights = np.array(rules.weights) / sum(rules.weights)
    cost = (1 - parts) * weights
    weakest = pd.Series(np.array(PARTS, dtype=object)[cost.to_numpy().argmax(axis=1)], index=goods.index)
    weakest = weakest.where(cost.max(axis=1) > 0.01, "none")
    noise = _noise(goods, need, weights)
    table = pd.DataFrame({"living_fit": parts.to_numpy() @ weights, "noise": noise}, index=goods.index).join(parts)
    words = _words(weakest, plugged["words"], local, goods, goods["volume_cbm"].astype(float) * need["unfolds"])
    return table.assign(weakest=weakest, words=words)


def _between(value: pd.Series, low: float, high: float) -> pd.Series:
    return ((value - low) / (high - low)).clip(0, 1)


def _temperature(need: pd.DataFrame, local: pd.DataFrame, rules: LivingRules) -> pd.Series:
    """The worse of two: heat beyond what the product bears, and a season too short for what is used in warm months."""
    beyond = local["warmest_month_c"] + rules.hot_day_c - need["heat_limit_c"]
    bears = 1 - (beyond / rules.heat_span_c).clip(0, 1).fillna(0.0)
    # The months run between coldest and warmest as a cosine; the share of the year above the bar follows.
    middle = (local["warmest_month_c"] + local["coldest_month_c"]) / 2
    swing = ((local["warmest_month_c"] - local["coldest_month_c"]) / 2).clip(lower=0.1)
    warm = np.arccos(((need["warm_from_c"] - middle) / swing).clip(-1, 1)) / np.pi
    season = (warm / rules.season_share).clip(0, 1).fillna(1.0)
    return np.minimum(bears, season)


def _home_size(volume_cbm: pd.Series, dwelling_m2: pd.Series, rules: LivingRules) -> pd.Series:
    taken = (volume_cbm / dwelling_m2).clip(lower=1e-9)
    low, high = np.log(rules.crowds)
    return (1 - _between(np.log(taken), low, high)).fillna(0.5)


def _noise(goods: pd.DataFrame, need: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    """Of the score: each part that the product asks for carries the doubt of its fact."""
    grade = living.grades(sorted(set(goods["market"])))
    doubt = {
        "mains": grade["mains_voltage"], "moisture": grade["humidity"],
        "temperature": grade["warmest_month_c"], "home_size": grade["dwelling_m2"],
    }  # fmt: skip
    asked = [
        need["volts_low"].notna(), need["moisture"] > 0,
        need[["heat_limit_c", "warm_from_c"]].notna().any(axis=1), pd.Series(True, index=goods.index),
    ]  # fmt: skip
    sd = np.column_stack([goods["market"].map(doubt[name].map(GRADE_SD)) * on
                          for name, on in zip(PARTS, asked, strict=True)])  # fmt: skip
    sd[goods["volume_cbm"].isna().to_numpy(), 3] = 0.29
    return np.sqrt(sd**2 @ weights**2)


def _words(weakest: pd.Series, plugged: pd.Series, local: pd.DataFrame, goods: pd.DataFrame, cbm: pd.Series):
    """The reason of the weakest part, in words."""
    market = goods["market"].astype(str)
    humid = "humid air in " + market + " (" + (100 * local["humidity"]).round().astype(int).astype(str) + " %)"
    heat = market + " has " + local["coldest_month_c"].map("{:g}".format) + " to "
    heat = heat + local["warmest_month_c"].map("{:g}".format) + " degrees"
    litres = (1000 * cbm).map("{:.0f}".format).replace("nan", "an unknown number of")
    size = "takes " + litres + " litres in homes of " + local["dwelling_m2"].round().astype(int).astype(str)
    size = size + " square metres (" + market + ")"
    cases = [weakest == name for name in PARTS]
    return np.select(cases, [plugged, humid, heat, size], "nothing stands against it")
