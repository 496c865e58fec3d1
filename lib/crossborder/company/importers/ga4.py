"""Google Analytics 4 as BigQuery exports it: nested event rows, newline-delimited JSON or Parquet.

Schema: Google, "BigQuery Export schema" of Analytics Help; whole numbers may stand as text, as BigQuery writes JSON.
Visits are sessions: a device (`user_pseudo_id`) and its `ga_session_id`.
"""

from typing import TYPE_CHECKING

from crossborder.company.importers import channels, places
from crossborder.company.importers.desk import quoted
from crossborder.company.importers.ga4_events import EXCLUDED, FIELDS, flat, named
from crossborder.company.importers.interface import Imported, Importer, Options, Rule, Source
from crossborder.company.problems import Problem

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["IMPORTER"]

MAPPING = (
    Rule(
        "user_pseudo_id, user_id",
        "touchpoints.customer_id",
        "the user_id that the device signed in with, else the device",
    ),
    Rule("event_timestamp", "touchpoints.at", "microseconds to UTC; the visit's first event"),
    Rule(
        "session_traffic_source_last_click, collected_traffic_source, event_params, traffic_source",
        "touchpoints.channel",
        "first source, medium and campaign that a visit names (a device's first visit: also traffic_source), by the rule under Channels; --map for own words",
    ),
    Rule("collected_traffic_source, event_params", "touchpoints.campaign", "campaign of the same"),
    Rule("geo", "touchpoints.market", "country name of the visit to ISO code"),
    Rule("", "touchpoints.contact", "click: a visit to the site or app"),
    Rule(
        "privacy_info",
        "touchpoints.consent",
        "ads_storage, else analytics_storage, is Yes; missing where it is not told",
    ),
    Rule("ecommerce, event_params", "touchpoints.converted_order_id", "first transaction_id of the visit"),
    Rule("event_date", "sessions.date", "day of the visit's first event in the property's time zone"),
    Rule("geo", "sessions.market", "country name of the visit to ISO code"),
    Rule("platform", "sessions.platform", "own_store for WEB, app for ANDROID and IOS; --platform for another name"),
    Rule("event_params", "sessions.visits", "devices with a ga_session_id"),
    Rule("event_name", "sessions.product_views", "visits with view_item"),
    Rule("event_name", "sessions.carts", "visits with add_to_cart"),
    Rule("event_name", "sessions.checkouts", "visits with begin_checkout"),
    Rule("event_name, ecommerce", "sessions.orders", "transactions; one that was sent again counts once"),
    Rule("items", "", "read for orders by ga4-orders"),
)
STEPS = {"product_views": "view_item", "carts": "add_to_cart", "checkouts": "begin_checkout"}


def read(desk: "Desk", sources: list[Source], options: Options) -> Imported:
    """Touchpoints and daily funnel counts from events."""
    events = flat(desk, sources)
    marked = desk.keep(_marked(events), "marked")
    visits = desk.keep(_visits(marked, options), "visits")
    visits = places.with_market(desk, visits, "country", named(sources[0]), options)
    _tell_no_visits(desk, sources[0], marked)
    tells = desk.one(f"SELECT count(consent) FROM {visits}")[0]
    consent = "consent," if tells else ""
    touch = channels.channel("source", "medium", "campaign", channels.own_words(options.mapping))
    touchpoints = f"""
        SELECT coalesce(signed_in, device) AS customer_id, began AS "at", {touch} AS channel, campaign, market,
            'click' AS contact, {consent} converted_order_id
        FROM {visits} ORDER BY began, device"""
    counts = ", ".join(f"CAST(sum({name}) AS BIGINT) AS {name}" for name in ("visits", *STEPS, "orders"))
    sessions = f"SELECT day AS date, market, platform, {counts}, '' AS currency FROM {visits} GROUP BY ALL ORDER BY ALL"
    return Imported(
        tables={"touchpoints": touchpoints, "sessions": sessions},
        lines=_lines(marked),
        measures={name: {"sessions": name} for name in ("visits", *STEPS, "orders")},
    )


def _tell_no_visits(desk: "Desk", source: Source, marked: str) -> None:
    rows, used = desk.one(f"SELECT count(micros), count(*) FILTER (used) FROM {marked}")
    if rows and not used:
        rule = "no event belongs to a visit"
        remedy = "export event_params as they are in BigQuery, with the key ga_session_id, and user_pseudo_id"
        desk.problems.append(Problem.of(source.name, "", source.found["event_params"], rule, remedy, count=int(rows)))


def _marked(events: str) -> str:
    """Events with `first_` (the visit's first), and a flag for the first of each step in the visit."""
    firsts = ", ".join(
        f"used AND event_name = {quoted(event)} AND row_number() OVER (visit_event) = 1 AS {name}"
        for name, event in STEPS.items()
    )
    return f"""
        SELECT *, used AND row_number() OVER (visit) = 1 AS first_, {firsts},
            used AND event_name = 'purchase' AND transaction_id IS NOT NULL
                AND row_number() OVER (PARTITION BY event_name, transaction_id ORDER BY used DESC, micros, file_, row_) = 1
                AS orders
        FROM (SELECT *, reason IS NULL AS used FROM {events})
        WINDOW visit AS (PARTITION BY used, device, session ORDER BY micros, file_, row_),
            visit_event AS (PARTITION BY used, device, session, event_name ORDER BY micros, file_, row_)"""


def _visits(marked: str, options: Options) -> str:
    """One row a visit; of what differs within a visit, the earliest that is told."""
    steps = ", ".join(f"count(*) FILTER ({name}) AS {name}" for name in STEPS)
    name = options.platform
    platform = (
        quoted(name)
        if name
        else "CASE WHEN min_by(upper(kind), micros) IN ('ANDROID', 'IOS') THEN 'app' ELSE 'own_store' END"
    )
    told = "source IS NOT NULL OR medium IS NOT NULL OR campaign IS NOT NULL"
    first = ", ".join(f"min_by({cell}, micros) FILTER ({told}) AS {cell}" for cell in ("source", "medium", "campaign"))
    return f"""
        WITH people AS (SELECT device, max_by(user_id, micros) AS signed_in FROM {marked}
            WHERE used AND user_id IS NOT NULL GROUP BY device)
        SELECT v.*, p.signed_in FROM (
            SELECT device, session, min(row_) AS row_, min(file_) AS file_, to_timestamp(min(micros) / 1e6) AS began,
                min_by(day, micros) AS day, min_by(country, micros) AS country, {platform} AS platform, {first},
                bool_and(consent) AS consent, min_by(transaction_id, micros) FILTER (event_name = 'purchase') AS converted_order_id,
                1 AS visits, {steps}, count(*) FILTER (orders) AS orders
            FROM {marked} WHERE used GROUP BY device, session
        ) v LEFT JOIN people p USING (device)"""


def _lines(marked: str) -> str:
    flags = ", ".join(f"CAST({name} AS INTEGER)::DECIMAL(18, 6) AS {name}" for name in (*STEPS, "orders"))
    told = ", ".join(
        f"WHEN {name} THEN {quoted(words)}"
        for name, words in {
            "orders": "purchase: an order",
            "product_views": "first product view of a visit",
            "carts": "first cart of a visit",
            "checkouts": "first checkout of a visit",
            "first_": "first event of a visit",
        }.items()
    ).replace(", WHEN", " WHEN")
    again = """WHEN event_name = 'purchase' AND transaction_id IS NULL THEN 'purchase without a transaction_id: no order'
            WHEN event_name = 'purchase' THEN 'purchase sent again'"""
    return f"""SELECT file_, row_, 1 AS part_, NOT used AS left_out, '' AS currency,
            CASE WHEN NOT used THEN reason {told} {again} ELSE 'a further event of a visit' END AS fate,
            CAST(first_ AS INTEGER)::DECIMAL(18, 6) AS visits, {flags} FROM {marked}"""


IMPORTER = Importer(
    "ga4",
    f"GA4 events of the BigQuery export (JSON lines, Parquet); left out: {', '.join(EXCLUDED.values())}",
    FIELDS,
    MAPPING,
    read,
    tables=("touchpoints", "sessions"),
)
