"""GA4 events laid flat: nested parameters, sources and purchases as plain columns, whatever types the file gave them."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from crossborder.company.importers.interface import Field, Source
from crossborder.company.problems import FIRST_ROWS, Problem

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["EXCLUDED", "FIELDS", "flat", "named"]

FIELDS = (
    Field("event_timestamp", ("event_timestamp",), needed=True),
    Field("event_name", ("event_name",), needed=True),
    Field("user_pseudo_id", ("user_pseudo_id",), needed=True),
    Field("event_params", ("event_params",), needed=True),
    *(
        Field(name, (name,))
        for name in (
            "event_date",
            "user_id",
            "geo",
            "platform",
            "traffic_source",
            "collected_traffic_source",
            "session_traffic_source_last_click",
            "ecommerce",
            "items",
            "privacy_info",
        )
    ),
)
VALUE = "STRUCT(string_value VARCHAR, int_value VARCHAR, double_value VARCHAR, float_value VARCHAR)"
LAST_CLICK = "STRUCT(source VARCHAR, medium VARCHAR, campaign_name VARCHAR)"
NESTED = {
    "event_params": f"STRUCT(key VARCHAR, value {VALUE})[]",
    "geo": "STRUCT(country VARCHAR)",
    "traffic_source": "STRUCT(source VARCHAR, medium VARCHAR, name VARCHAR)",
    "collected_traffic_source": "STRUCT(manual_source VARCHAR, manual_medium VARCHAR, manual_campaign_name VARCHAR, gclid VARCHAR)",
    "session_traffic_source_last_click": f"STRUCT(manual_campaign {LAST_CLICK}, cross_channel_campaign {LAST_CLICK})",
    "ecommerce": "STRUCT(transaction_id VARCHAR, shipping_value VARCHAR, tax_value VARCHAR)",
    "items": "STRUCT(item_id VARCHAR, item_name VARCHAR, price VARCHAR, quantity VARCHAR, discount VARCHAR)[]",
    "privacy_info": "STRUCT(ads_storage VARCHAR, analytics_storage VARCHAR)",
}
# Repeated columns in Parquet files of BigQuery that do not say that they are lists.
LISTED = re.compile(r'STRUCT\("?list"? STRUCT\("?(element|item)"? .*\)\[\]\)$')
EXCLUDED = {
    "time": "time cannot be read",
    "name": "event without a name",
    "device": "no user_pseudo_id (consent denied)",
    "session": "no ga_session_id: belongs to no visit",
}
PARAMETERS = ("ga_session_id", "ga_session_number", "source", "medium", "campaign", "transaction_id", "currency")
# What GA4 writes for nothing.
NOTHING = "('', '(not set)', '(not provided)', '(data not available)', '<Other>', 'null')"


def flat(desk: "Desk", sources: list[Source]) -> str:
    """A table of the desk, one row an event: file_, row_, micros, day, event_name, device, user_id, session, source,
    medium, campaign, country, kind, consent, transaction_id, money_unit, shipping, items, and `reason` where it is left out.

    Times that are not microseconds since 1970 are told to the desk.
    """
    parts = [desk.keep(_flat_query(desk, source), "flat") for source in sources]
    for source, part in zip(sources, parts, strict=True):
        _tell_times(desk, source, part)
    union = " UNION ALL BY NAME ".join(f"SELECT * FROM {part}" for part in parts)
    reasons = f"""CASE WHEN micros IS NULL THEN '{EXCLUDED["time"]}' WHEN event_name IS NULL THEN '{EXCLUDED["name"]}'
        WHEN device IS NULL THEN '{EXCLUDED["device"]}' WHEN session IS NULL THEN '{EXCLUDED["session"]}' END"""
    return desk.keep(f"SELECT * EXCLUDE (raw_time), {reasons} AS reason FROM ({union})", "events")


def named(source: Source) -> Source:
    """The source with its country column named for reports: it stands within `geo`."""
    return replace(source, found={**source.found, "country": f"{source.found.get('geo', 'geo')}.country"})


def _flat_query(desk: "Desk", source: Source) -> str:
    types = desk.columns(source.table)
    nested = ", ".join(f"{_nested(name, types.get(name))} AS {name}" for name in NESTED)
    plain = ", ".join(
        f"{f'nullif(trim(CAST({name} AS VARCHAR)), {chr(39) * 2})' if name in types else 'CAST(NULL AS VARCHAR)'} AS {name}"
        for name in ("event_timestamp", "event_date", "event_name", "user_pseudo_id", "user_id", "platform")
    )
    named = ", ".join(f"'{name}'" for name in PARAMETERS)
    values = "coalesce(p.value.string_value, p.value.int_value, p.value.double_value, p.value.float_value)"
    parameters = ", ".join(f"list_filter(params, lambda p: p.key = '{name}')[1].v AS p_{name}" for name in PARAMETERS)
    whole = "TRY_CAST(event_timestamp AS BIGINT)"
    day = "TRY_CAST(try_strptime(replace(event_date, '-', ''), '%Y%m%d') AS DATE)"
    return f"""
        WITH laid AS (SELECT file_, row_, {plain}, {nested} FROM {source.table}),
        chosen AS (SELECT *, [{{'key': p.key, 'v': {values}}} for p in event_params if p.key IN ({named})] AS params FROM laid),
        named AS (SELECT * EXCLUDE (event_params, params), {parameters} FROM chosen),
        clean AS (SELECT *, CASE WHEN {whole} BETWEEN 1000000000000000 AND 4000000000000000 THEN {whole} END AS micros FROM named)
        SELECT file_, row_, event_timestamp AS raw_time, micros,
            coalesce({day}, CAST(CAST(to_timestamp(micros / 1e6) AS TIMESTAMP) AS DATE)) AS day,
            event_name, user_pseudo_id AS device, user_id, p_ga_session_id AS session,
            {_source("source", "manual_source", "source")} AS source,
            {_source("medium", "manual_medium", "medium")} AS medium,
            {_source("campaign", "manual_campaign_name", "name")} AS campaign,
            {_told("geo.country")} AS country, platform AS kind,
            coalesce(privacy_info.ads_storage, privacy_info.analytics_storage) = 'Yes' AS consent,
            coalesce({_told("ecommerce.transaction_id")}, {_told("p_transaction_id")}) AS transaction_id,
            upper({_told("p_currency")}) AS money_unit, ecommerce.shipping_value AS shipping, items
        FROM clean"""


def _nested(name: str, stored: str | None) -> str:
    """A nested column in one type, whatever fields the file happens to have."""
    wanted = NESTED[name]
    first = wanted.removeprefix("STRUCT(").split()[0]
    if stored is None:
        return f"CAST(NULL AS {wanted})"
    wrapped = LISTED.match(stored) if wanted.endswith("[]") else None
    if wrapped:
        name, stored = f"[part.{wrapped[1]} for part in {name}.list]", f"STRUCT({first})[]"
    if stored.startswith("STRUCT") and stored.endswith("[]") == wanted.endswith("[]") and first in stored:
        return f"CAST({name} AS {wanted})"
    text = name if stored == "VARCHAR" else f"to_json({name})"
    return f"CASE WHEN json_valid({text}) THEN from_json({text}, '{_shape(wanted)}') END"


def _shape(wanted: str) -> str:
    """The type as the engine's JSON reader wants it told."""
    if wanted.endswith("[]"):
        return f"[{_shape(wanted[:-2])}]"
    if wanted == "VARCHAR":
        return '"VARCHAR"'
    inside, parts, depth, begin = wanted.removeprefix("STRUCT(")[:-1], [], 0, 0
    for place, sign in enumerate(inside + ","):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append(inside[begin:place].strip())
            begin = place + 1
    cells = (part.split(" ", 1) for part in parts)
    return "{" + ", ".join(f'"{cell}": {_shape(kind)}' for cell, kind in cells) + "}"


def _told(cell: str) -> str:
    return f"CASE WHEN trim({cell}) NOT IN {NOTHING} THEN trim({cell}) END"


def _source(parameter: str, manual: str, first: str) -> str:
    """Where a visit came from: the session's, the event's, its parameters; of a first visit the device's first source."""
    last = "campaign_name" if parameter == "campaign" else parameter
    paid = {"source": "'google'", "medium": "'cpc'", "campaign": "NULL"}[parameter]
    click = "collected_traffic_source.gclid IS NOT NULL"
    return f"""coalesce({_told(f"session_traffic_source_last_click.manual_campaign.{last}")},
        {_told(f"session_traffic_source_last_click.cross_channel_campaign.{last}")},
        {_told(f"collected_traffic_source.{manual}")}, {_told(f"p_{parameter}")}, CASE WHEN {click} THEN {paid} END,
        CASE WHEN p_ga_session_number = '1' THEN {_told(f"traffic_source.{first}")} END)"""


def _tell_times(desk: "Desk", source: Source, part: str) -> None:
    odd = f"FROM {part} WHERE micros IS NULL"
    count = desk.one(f"SELECT count(*) {odd}")[0]
    if count:
        first = desk.rows(f"SELECT row_, raw_time {odd} ORDER BY row_ LIMIT {FIRST_ROWS}")
        rule = "is not a time in microseconds since 1970"
        remedy = "export event_timestamp as it is in BigQuery: 16 digits, not seconds, milliseconds or a date"
        rows, values = zip(*first, strict=True)
        desk.unread.append(
            Problem.of(source.name, "", source.found["event_timestamp"], rule, remedy, rows, values, int(count))
        )
