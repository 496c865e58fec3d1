"""The frame of the simulated company: its period, markets, platforms, channels, categories and random streams."""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from zlib import crc32

import numpy as np
import pandas as pd

__all__ = [
    "AS_OF",
    "CATEGORIES",
    "CHANNELS",
    "COMPANY",
    "CURRENCIES",
    "HOME",
    "LANGUAGES",
    "MARKETS",
    "PERIOD",
    "PLATFORMS",
    "REPORTING_CURRENCY",
    "VAT",
    "World",
]

COMPANY = "Quillharbor"
HOME = "CN"
REPORTING_CURRENCY = "USD"
PERIOD = (pd.Timestamp("2023-11-01"), pd.Timestamp("2026-10-31"))
AS_OF = PERIOD[1]
MARKETS = ("US", "DE", "GB", "JP", "MX", "BR", "ID", "SA")
CURRENCIES = {
    "US": "USD",
    "DE": "EUR",
    "GB": "GBP",
    "JP": "JPY",
    "MX": "MXN",
    "BR": "BRL",
    "ID": "IDR",
    "SA": "SAR",
    "CN": "CNY",
}
LANGUAGES = {"US": "en", "DE": "de", "GB": "en", "JP": "ja", "MX": "es", "BR": "pt", "ID": "id", "SA": "ar"}
# Tax that the shelf price includes; in the US the price is quoted without tax and the platform remits it.
VAT = {"US": 0.0, "DE": 0.19, "GB": 0.20, "JP": 0.10, "MX": 0.16, "BR": 0.17, "ID": 0.11, "SA": 0.15}
PLATFORMS = ("marketplace_a", "marketplace_b", "own_store", "social_shop")
CHANNELS = (
    "search_brand",
    "search_generic",
    "shopping",
    "video",
    "social_paid",
    "social_organic",
    "influencer",
    "live_stream",
    "affiliate",
    "retargeting",
    "email",
    "display",
)
CATEGORIES = ("home_storage", "kitchen_health", "pet", "outdoor", "electronics_accessories", "beauty")


@dataclass
class World:
    """One simulated world: seed, size, and the tables built so far.

    `scale` 1 is about 150,000 order lines; `tables` fills up as the parts run, so a later part can read an earlier one.
    """

    seed: int = 20261031
    scale: float = 1.0
    start: pd.Timestamp = PERIOD[0]
    end: pd.Timestamp = PERIOD[1]
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    def rng(self, part: str, *more: int) -> np.random.Generator:
        """A generator of this part alone: a new part or table never changes the numbers of another."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(crc32(part.encode()), *more)))

    @cached_property
    def days(self) -> pd.DatetimeIndex:
        """Every day of the period."""
        return pd.date_range(self.start, self.end, freq="D", unit="us")

    @cached_property
    def weeks(self) -> pd.DatetimeIndex:
        """Every Monday whose week has a day in the period (the first one may lie before it)."""
        first = self.start - pd.Timedelta(days=self.start.weekday())
        return pd.date_range(first, self.end, freq="7D", unit="us")

    @cached_property
    def months(self) -> pd.DatetimeIndex:
        """First day of every month of the period."""
        return pd.date_range(self.start.replace(day=1), self.end, freq="MS", unit="us")

    @cached_property
    def week_of_day(self) -> np.ndarray:
        """Position in `weeks` of every day."""
        return (((self.days - self.weeks[0]).days) // 7).to_numpy()

    @property
    def usd_per_unit(self) -> pd.DataFrame:
        """USD per unit of each currency, day by day: ECB rates, carried over weekends; the riyal is pegged at 3.75."""
        return _usd_per_unit(self.start, self.end)


@lru_cache(maxsize=4)
def _usd_per_unit(start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    from currency_converter import CurrencyConverter

    quotes = CurrencyConverter(fallback_on_missing_rate=True, fallback_on_missing_rate_method="last_known")
    before = pd.date_range(start - pd.Timedelta(days=400), end, freq="D", unit="us")
    last = quotes.bounds["USD"].last_date
    days = [min(day.date(), last) for day in before]
    per_euro = {"EUR": pd.Series(1.0, index=before)}
    for code in sorted(set(CURRENCIES.values()) - {"EUR", "SAR"}):
        per_euro[code] = pd.Series([quotes.convert(1, "EUR", code, day) for day in days], index=before)
    rates = {code: per_euro["USD"] / series for code, series in per_euro.items()}
    rates["SAR"] = pd.Series(1 / 3.75, index=before)
    return pd.DataFrame(rates)
