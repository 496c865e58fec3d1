"""The page of the importers, made from their mapping rows, so that page and code say the same."""

from crossborder.company.importers import registry
from crossborder.company.importers.interface import Importer

__all__ = ["page"]

HEAD = """# Importers

This page is made from the code. Make it again after a change:
`python -c "from crossborder.company.importers.page import page; print(page(), end='')" > docs/importers.md`

`crossborder import SOURCE FILE... --to FOLDER` reads a company's own exports into its tables.
`--dry-run` shows what maps to what, with an example value of each column and the columns that are not used, and writes
nothing. `--json` prints the report for programs. The exit status is 0 if the import was accepted, 1 if not, 2 if a file
could not be opened or an option was wrong.

## What the report says

- Rows in, and what became of every row: the table it went to, or the reason it was left out. `--lines FILE.csv` writes
  the fate of each row (`.parquet` works too). A row of which a part was left out has a second part, which counts no row.
- Sums before and after, by measure and currency: what the file says = what the tables give back + what was left out.
  A difference of half a cent stops the import.
- Everything that is wrong, all at once: file, column, rows, values, the rule, how to mend it. One problem keeps all
  tables from being written; `--skip-unreadable` leaves rows with unreadable cells out instead, and counts them.
- What was chosen where a file does not say: encoding, delimiter, header row, decimal mark, order of day and month.

Tables are written aside as Parquet, checked as `crossborder check` does, and then moved into the folder. A table that
the company already has is refused, unless `--replace` puts the new one in its place or `--append` adds rows. Rows that
are there already are left out; a key that is there with other contents is a problem. A new company gets a
`company.yaml` with name, home, currency, last day and markets (`--name`, `--home`, `--reporting-currency`).

## How files are read

- CSV, tab-separated text, Excel (.xlsx; sheets with the needed headers), Parquet, JSON lines.
- A worksheet is read row by row and laid aside as text, so that its length does not count for memory: the 541,909 lines
  of Online Retail took 22 processor seconds and 540 MB as .xlsx, 8 and 520 MB as CSV. Styles, charts and hidden sheets
  do not matter; dates are what the format of the cell says.
- Headers are compared without case, spaces, punctuation and accents; order and further columns do not matter; lines
  before the header are skipped.
- Encodings: UTF-8, UTF-16 with and without mark, GB18030, Shift-JIS, cp1252; `--encoding` names one.
- Delimiters: comma, semicolon, tab, bar; `--delimiter` names one.
- Numbers: decimal point or comma (the one that some cell can only be read with; `--decimal`), thousands marks (comma,
  point, space, apostrophe), currency signs, negatives in parentheses or with a sign behind, full-width digits.
- Times: ISO, day or month first (`--date-order`), month names of eight languages, zones by name (PST, CET, JST ...) and
  by offset, to UTC. `--time-zone` (IANA name) holds for times without a zone.
- Countries: ISO codes and names in thirteen languages. A name that is not known is a problem; `--country "NAME=CODE"`
  says what it is. Names without a code of their own are told: Unspecified is ZZ, European Community is EU, Channel
  Islands is JE.
- Currencies: by column, else `--store-currency`; a row without either is a problem. One without published exchange
  rates is told: `--usd-rate ARS=0.00071` (USD a unit) gives the company's own, which `company.yaml` then holds as
  `usd_rates: {ARS: 0.00071}`, or by the day from which on, `usd_rates: {ARS: {2026-01-01: 0.00069}}`.
- Customers: e-mail addresses and telephone numbers become hashes; no name, address or e-mail is kept.
- An order (or settlement) that stands in several files counts as the last file has it.
"""
GENERIC = """A YAML file says what maps to what:

```yaml
table: orders
decimal: ","
time_zone: Europe/Berlin
columns:
  order_id: Bestellung
  ordered_at: {column: Datum, format: "%d.%m.%y %H:%M"}
  market: {column: Land, values: {Dtl.: DE, CH: CH}}
  sku: Artikel
  quantity: Menge
  unit_price: {column: Preis in Cent, divide: 100}
  currency: {constant: EUR}
leave_out:
- {column: Status, values: [storniert]}
- {column: Menge, at_most: 0}
```

`columns` names a column of the contract (`crossborder check --describe orders`) and the file's header, or `column` or
`constant` with `values` (cell: value), `format` (strptime), `divide`, `negate`. `leave_out` counts rows out by `values`,
`at_most` or `empty: true`. Further words: `encoding`, `delimiter`, `sheet`, `date_order`, `market`, `currency`,
`countries`. Values stay what was written: NO, on, 007 and 1e3 are texts. Without a mapping a file that is called as its
table (`products.csv`) comes in under the contract's own column names.
"""

CHANNELS = """## Channels of visits and campaigns

`ga4` and the spend reports share one rule, so that spend and visits meet. It looks at source, medium and the campaign's
name, and the first that fits is taken: e-mail; retargeting; affiliate; influencer; live stream; shopping (also
performance max); video; social networks with a paid medium (`social_paid`); display; search with a paid medium, as
`search_brand` where the campaign's name says brand and as `search_generic` else; organic search; social networks
without payment (`social_organic`); referral; direct; else `other`. A campaign of Google Ads counts as paid search unless
its kind says otherwise; one of Meta or TikTok as paid social. `--map FILE.yaml` puts own words before the rule:

    channels:
      flyer: print
      de_brand: search_own

The word is looked for in the campaign's name, in capitals or small letters.
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [_part(registry.importer(name)) for name in registry.names()]
    return "\n".join([HEAD, *parts, CHANNELS])


def _part(importer: Importer) -> str:
    lines = [f"## {importer.name}", "", f"Reads {importer.reads}."]
    if not importer.fields:
        return "\n".join([*lines, "Makes any table.", "", GENERIC])
    needed = ", ".join(f"`{field.headers[0]}`" for field in importer.fields if field.needed)
    lines += [f"Makes {' and '.join(f'`{table}`' for table in importer.tables)}. Needs {needed}.", ""]
    lines += ["| column of the source | goes to | rule |", "|---|---|---|"]
    headers = {field.name: field.headers[0] for field in importer.fields}
    for rule in importer.mapping:
        names = [name.strip() for name in rule.source.split(",") if name.strip()]
        shown = ", ".join(f"`{headers.get(name, name)}`" for name in names) or "-"
        lines.append(
            f"| {shown} | {f'`{rule.target}`' if rule.target else 'not stored'} | {rule.how.replace('|', chr(92) + '|')} |"
        )
    return "\n".join([*lines, ""])
