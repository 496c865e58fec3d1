"""The importers by name."""

from importlib import import_module

from crossborder.company.importers.interface import Importer
from crossborder.errors import InputError

__all__ = ["MODULES", "importer", "names"]

# Name on the command line -> module of this package that holds its IMPORTER.
MODULES = {
    "amazon-date-range": "amazon_date_range",
    "amazon-orders": "amazon_orders",
    "amazon-settlement": "amazon_settlement",
    "ga4": "ga4",
    "ga4-orders": "ga4_orders",
    "google-ads": "google_ads",
    "meta-ads": "meta_ads",
    "tiktok-ads": "tiktok_ads",
    "cdnow": "cdnow",
    "generic": "generic",
    "online-retail": "online_retail",
    "shopify": "shopify",
    "shopify-payments": "shopify_payments",
    "woocommerce": "woocommerce",
}


def names() -> list[str]:
    """Names of all importers, sorted."""
    return sorted(MODULES)


def importer(name: str) -> Importer:
    """The importer of that name.

    Raises InputError with the names there are and the nearest one.
    """
    if name not in MODULES:
        raise InputError.unknown("importer", name, MODULES)
    return import_module(f"crossborder.company.importers.{MODULES[name]}").IMPORTER
