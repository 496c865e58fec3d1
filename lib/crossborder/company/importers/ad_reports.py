"""What the spend reports of all ad platforms share: total rows, days, currencies, markets in campaign names, sums a day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crossborder.company.codes import CURRENCIES, MARKETS
from crossborder.company.importers import cells, channels, places
from crossborder.company.importers.desk import quoted
from crossborder.company.importers.interface import Field, Imported, Options, Rule, Source
from crossborder.company.problems import FIRST_ROWS, Problem

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["MAPPING", "Report", "in_each_currency", "read"]

KINDS = {
    "day": "date",
    "starts": "date",
    "ends": "date",
    "campaign": "text",
    "kind": "text",
    "country": "text",
    "money_unit": "text",
    "spend": "money",
    "spend_micros": "money",
    "impressions": "integer",
    "clicks": "integer",
    "conversions": "money",
}
TOTAL = r"^\s*(grand )?(total|gesamt|summe|totale|totaux|ukupno|итого|razem|toplam|合计|总计|總計|汇总|合計)\b|^\s*(合计|总计|總計|汇总|合計|总共)"
# Codes that are words too: they count only where more than a space sets them apart.
WORDS = (
    "AM",
    "AN",
    "AS",
    "AT",
    "BE",
    "BY",
    "DO",
    "IN",
    "IS",
    "IT",
    "LA",
    "MA",
    "ME",
    "MY",
    "NO",
    "PR",
    "SO",
    "TO",
    "TV",
)
NOTHING = ("--", "-", "—", "–", "- -", "n/a", "N/A")
MAPPING = (
    Rule("day, starts", "ad_spend.date", "the row's day; a row over several days cannot be used"),
    Rule(
        "country, campaign",
        "ad_spend.market",
        "country name or code; without the column a code that begins or ends the campaign's name (DE_Brand); else --market",
    ),
    Rule(
        "kind, campaign",
        "ad_spend.channel",
        "by kind and name of the campaign, the rule under Channels; --map for own words",
    ),
    Rule("campaign", "ad_spend.campaign", "the campaign, where a day, market and channel has only one"),
    Rule("impressions", "ad_spend.impressions", "summed a day, market and channel"),
    Rule("clicks", "ad_spend.clicks", "summed a day, market and channel"),
    Rule("spend, spend_micros", "ad_spend.spend", "summed a day, market and channel; micros / 1,000,000"),
    Rule("money_unit", "ad_spend.currency", "of the row, else of the header of the spend, else --store-currency"),
    Rule("conversions", "ad_spend.platform_conversions", "what the platform claims, summed and rounded"),
    Rule("day, ends", "", "tell whether the row is of one day"),
)


@dataclass(frozen=True)
class Report:
    """A platform's report: its fields, what a campaign of it is by default, and the words of its campaign kinds.

    `source` and `medium` go into the channel rule; `kinds` are pattern of the campaign kind (small letters) -> words
    put before the campaign's name, so that the rule finds them.
    """

    fields: tuple[Field, ...]
    source: str
    medium: str
    kinds: Mapping[str, str]


def in_each_currency(headers: tuple[str, ...]) -> tuple[str, ...]:
    """Headers as they stand, and with each currency behind them in brackets, as `Amount spent (USD)`."""
    return headers + tuple(f"{header} ({code})" for header in headers for code in sorted(CURRENCIES))


def read(report: Report, desk: "Desk", sources: list[Source], options: Options) -> Imported:
    """Spend a day, market and channel from a platform's reports."""
    words = channels.own_words(options.mapping)
    parts = [_rows(desk, source, options) for source in sources]
    union = " UNION ALL BY NAME ".join(f"SELECT * FROM {part}" for part in parts)
    lines = desk.keep(_judged(union, report, words), "judged")
    _tell(desk, sources, lines)
    # A report without a column of conversions says nothing of them, which is not none.
    claims = any(source.has("conversions") for source in sources)
    claimed = ", CAST(round(sum(coalesce(conversions, 0))) AS BIGINT) AS platform_conversions" if claims else ""
    spend = f"""
        SELECT day AS date, market, channel,
            CASE WHEN count(DISTINCT campaign) = 1 AND count(campaign) = count(*) THEN min(campaign) END AS campaign,
            CAST(sum(coalesce(impressions, 0)) AS BIGINT) AS impressions, CAST(sum(coalesce(clicks, 0)) AS BIGINT) AS clicks,
            sum(amount) AS spend, currency{claimed}
        FROM {lines} WHERE reason IS NULL GROUP BY day, market, channel, currency ORDER BY day, market, channel, currency"""
    # A total row repeats what its rows say; it is listed, and adds nothing.
    account = f"""SELECT * REPLACE (CASE WHEN total_ THEN 0 ELSE spend END AS spend,
        CASE WHEN total_ THEN 0 ELSE clicks END AS clicks, CASE WHEN total_ THEN 0 ELSE impressions END AS impressions)
        FROM (SELECT total_, file_, row_, 1 AS part_, reason IS NOT NULL AS left_out, coalesce(currency, '') AS currency,
        coalesce(reason, 'spend of a day, to ' || channel) AS fate, CAST(coalesce(amount, 0) AS DECIMAL(28, 6)) AS spend,
        CAST(coalesce(clicks, 0) AS DECIMAL(28, 6)) AS clicks, CAST(coalesce(impressions, 0) AS DECIMAL(28, 6)) AS impressions
        FROM {lines})"""
    measures = {name: {"ad_spend": f"CAST({name} AS DECIMAL(28, 6))"} for name in ("spend", "clicks", "impressions")}
    return Imported(tables={"ad_spend": spend}, lines=account, measures=measures)


def _rows(desk: "Desk", source: Source, options: Options) -> str:
    """The rows of one file in their types, with `market`, `currency` and `total_`."""
    plain = _plain(desk, source)
    table = cells.typed(desk, plain, KINDS, options)
    in_name = _market_in_name()
    table = desk.keep(
        f"SELECT *, coalesce(told_, CASE WHEN total_ THEN max(told_) OVER () END) AS place"
        f" FROM (SELECT *, coalesce(country, {in_name}) AS told_ FROM {table})",
        "placed",
    )
    table = places.with_market(
        desk, table, "place", replace(source, found={**source.found, "place": "country"}), options
    )
    header = source.found.get("spend", "")
    code = next(
        (c for c in sorted(CURRENCIES) if header.upper().rstrip(") ").endswith(f"({c}")), options.currency.upper()
    )
    return desk.keep(f"SELECT *, coalesce(upper(money_unit), {quoted(code)}) AS currency FROM {table}", "ads")


def _plain(desk: "Desk", source: Source) -> Source:
    """The file with its marks for nothing emptied, and total rows marked and freed of what only looks like a day."""
    types = desk.columns(source.table)
    texts = [name for name in source.found if types[name] == "VARCHAR"]
    nothing = ", ".join(map(quoted, NOTHING))
    named = [name for name in ("day", "starts", "campaign", "country", "kind") if name in texts]
    total = " OR ".join(f"coalesce(regexp_matches(lower({name}), '{TOTAL}'), false)" for name in named) or "false"
    if "campaign" in texts:  # a total has no campaign where all others have one
        none = f"coalesce(trim(campaign), '') IN ('', {nothing})"
        total += f" OR ({none} AND count(*) FILTER (NOT {none}) OVER () > 0)"
    if "day" in texts:  # and a dash for the day where all others have one
        dash = f"coalesce(trim(day), '') IN ({nothing})"
        total += f" OR ({dash} AND count(*) FILTER (NOT {dash}) OVER () > 0)"
    emptied = [f"CASE WHEN trim({name}) NOT IN ({nothing}) THEN {name} END AS {name}" for name in texts]
    freed = [f"CASE WHEN NOT total_ THEN {name} END AS {name}" for name in named if name != "campaign"]
    inner = f"SELECT * REPLACE ({', '.join(emptied)})" if emptied else "SELECT *"
    outer = f"SELECT * REPLACE ({', '.join(freed)})" if freed else "SELECT *"
    judged = f"SELECT *, {total} AS total_ FROM {source.table}"
    table = desk.keep(f"{outer} FROM ({inner} FROM ({judged}))", "plain")
    return replace(source, table=table)


def _market_in_name() -> str:
    """A country's code at the beginning or the end of the campaign's name, in capitals and set apart."""
    plain = [*sorted(code for code in MARKETS if code[0] not in "XZ" and code not in ("AA", "EU")), "UK"]
    codes, rare = "|".join(plain), "|".join(code for code in plain if code not in WORDS)
    begin = rf"'^\[?({codes})[]_|:/-]', '^({rare}) '"
    end = rf"'[[_|:/-] ?({codes})\]?$', ' ({rare})$'"
    found = ", ".join(f"nullif(regexp_extract(campaign, {one}, 1), '')" for one in f"{begin}, {end}".split(", "))
    return f"replace(coalesce({found}), 'UK', 'GB')"


def _judged(union: str, report: Report, words: dict[str, str]) -> str:
    """Rows with amount, channel, and why they are left out, if they are."""
    kinds = "".join(
        f" WHEN regexp_matches(lower(kind), '{pattern}') THEN {quoted(told)}" for pattern, told in report.kinds.items()
    )
    kind = f"CASE{kinds} ELSE '' END" if kinds else "''"
    medium = f"CASE WHEN {kind} = 'video' THEN 'video' ELSE {quoted(report.medium)} END"
    channel = channels.channel(quoted(report.source), medium, f"({kind} || ' ' || coalesce(campaign, ''))", words)
    known = ", ".join(map(quoted, sorted(CURRENCIES)))
    same = "day, starts, ends, campaign, kind, market, currency, spend, spend_micros, impressions, clicks, total_"
    return f"""
        WITH rows_ AS (SELECT *, CAST(coalesce(spend, CAST(spend_micros / 1000000 AS DECIMAL(28, 6))) AS DECIMAL(28, 6)) AS amount,
                row_number() OVER (PARTITION BY file_, {same} ORDER BY row_) AS copy FROM ({union})),
        again AS (SELECT * REPLACE (CASE WHEN starts = ends OR ends IS NULL THEN coalesce(day, starts) ELSE day END AS day),
            row_number() OVER (PARTITION BY {same}, copy ORDER BY file_) > 1 AS repeated FROM rows_)
        SELECT *, {channel} AS channel, CASE
            WHEN total_ THEN 'total row'
            WHEN unread_ THEN 'a cell cannot be read'
            WHEN repeated THEN 'stands in the files before'
            WHEN coalesce(amount, 0) = 0 AND coalesce(impressions, 0) = 0 AND coalesce(clicks, 0) = 0 THEN 'nothing shown and nothing spent'
            WHEN day IS NULL AND starts IS NOT NULL THEN 'covers several days'
            WHEN day IS NULL THEN 'no day'
            WHEN amount IS NULL THEN 'no spend told'
            WHEN amount < 0 THEN 'credit: negative spend'
            WHEN currency NOT IN ({known}) THEN 'currency is not known'
        END AS reason FROM again"""


def _tell(desk: "Desk", sources: list[Source], lines: str) -> None:
    """Rows that no report may leave out in silence, and totals that disagree with their rows."""
    asks = {
        "covers several days": ("starts", "row covers several days", "export the report by day (breakdown: day)"),
        "currency is not known": (
            "currency",
            "has no currency that is known",
            "say --store-currency, such as --store-currency EUR",
        ),
        "no day": ("day", "row has no day", "export the report with a day column"),
        "credit: negative spend": ("amount", "is negative", "leave the row out of the file: spend is not negative"),
    }
    for source in sources:
        for reason, (column, rule, remedy) in asks.items():
            odd = f"FROM {lines} WHERE reason = {quoted(reason)} AND file_ = {quoted(source.name)}"
            count = desk.one(f"SELECT count(*) {odd}")[0]
            if count:
                first = desk.rows(f"SELECT row_, CAST({column} AS VARCHAR) {odd} ORDER BY row_ LIMIT {FIRST_ROWS}")
                rows, values = [row for row, _ in first], [value for _, value in first if value]
                asked = {"amount": ("spend", "spend_micros"), "currency": ("money_unit", "spend")}.get(
                    column, (column,)
                )
                header = next((source.found[name] for name in asked if source.has(name)), column)
                desk.problems.append(Problem.of(source.name, "", header, rule, remedy, rows, values, int(count)))
        _tell_totals(desk, source, lines)


def _tell_totals(desk: "Desk", source: Source, lines: str) -> None:
    total, rows = desk.one(
        f"SELECT max(amount) FILTER (total_), coalesce(sum(amount) FILTER (NOT total_ AND reason IS NULL), 0)"
        f" FROM {lines} WHERE file_ = {quoted(source.name)}"
    )
    if total is not None and abs(float(total) - float(rows)) > 0.01 + 1e-6 * abs(float(total)):
        desk.note(
            f"{source.name}: its largest total says {total:,.2f}, its rows sum to {rows:,.2f}: rows may be missing"
        )
