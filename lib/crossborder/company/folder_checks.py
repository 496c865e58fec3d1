"""What lies in a company's folder besides sound tables: stray files, doubled tables, broken links, a broken profile."""

from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from crossborder.company.codes import CURRENCIES, MARKETS
from crossborder.company.problems import Problem
from crossborder.company.tables import TABLES
from crossborder.errors import InputError

__all__ = ["PROFILE", "profile_problems", "read_yaml", "stray_problems"]

PROFILE = "company.yaml"
# Beside the tables a folder may hold these without a word.
KNOWN = {PROFILE, "truth", "readme.md", "readme.txt", "import.json", "import_report.json"}
TABULAR = {
    ".csv",
    ".parquet",
    ".tsv",
    ".txt",
    ".xlsx",
    ".xls",
    ".json",
    ".jsonl",
    ".ndjson",
    ".feather",
    ".gz",
    ".zip",
    "",
}


def stray_problems(folder: Path) -> list[Problem]:
    """Files that look like tables and are not read, tables that are there twice, links to nowhere."""
    problems = []
    for path in sorted(folder.iterdir()):
        if path.name.lower() in KNOWN or path.name.startswith("."):
            continue
        known, suffix = path.stem in TABLES, path.suffix
        readable = known and suffix in (".csv", ".parquet")
        if path.is_symlink() and not path.exists():
            problems.append(_stray(path, "is a link to nothing", "mend the link, or put the file here", "error"))
        elif readable and path.is_dir():
            remedy = "name the folder without an ending and put Parquet files in it, or put one file here"
            problems.append(_stray(path, "is a folder where a file is expected", remedy, "error"))
        elif readable and not path.is_file():
            problems.append(_stray(path, "is not a file", "put a file here: pipes and devices are not read", "error"))
        elif known and not suffix and path.is_dir() and not next(path.rglob("*.parquet"), None):
            remedy = f"put Parquet files in it, or take it away; a single file is {path.name}.csv"
            problems.append(_stray(path, "is a folder without Parquet files", remedy, "error"))
        elif readable and suffix == ".csv" and (folder / f"{path.stem}.parquet").is_file():
            remedy = f"keep one of {path.stem}.parquet and {path.name}: the Parquet file is read, this one is not"
            problems.append(_stray(path, "is there twice", remedy, "warning"))
        elif not readable and suffix.lower() in TABULAR and not (known and not suffix and path.is_dir()):
            problems.append(_unknown(path))
    return problems


def _unknown(path: Path) -> Problem:
    near = get_close_matches(path.stem.lower(), TABLES, n=1, cutoff=0.75)
    if near and path.suffix.lower() in (".csv", ".parquet"):
        remedy = f"did you mean {near[0]}{path.suffix.lower()}? names are in small letters; rename it"
    elif near:
        remedy = f"save it as {near[0]}.csv or {near[0]}.parquet, or read it with `crossborder import generic`"
    else:
        remedy = "`crossborder check --describe` lists the tables; take it away if it is none"
    return _stray(path, "is no table of the contract and is not read", remedy, "warning" if near else "note")


def _stray(path: Path, rule: str, remedy: str, severity: str) -> Problem:
    # A file name can hold line breaks and escape codes; the report must not.
    name = path.name if path.name.isprintable() else ascii(path.name)[1:-1]
    table = path.stem if path.stem in TABLES else ""
    return Problem.of(name, table, "", rule, remedy, count=1, severity=severity)


def read_yaml(folder: Path) -> dict[str, object]:
    """The profile as it stands; empty where there is none.

    Raises InputError where it is not a YAML mapping in UTF-8.
    """
    import yaml

    path = folder / PROFILE
    if not path.is_file():
        return {}
    do = "do: write lines such as `currency: USD` and `markets: [US, DE]`, saved as UTF-8"
    try:
        profile = yaml.load(path.read_text(encoding="utf-8-sig"), yaml.BaseLoader)
    except UnicodeDecodeError as error:
        raise InputError(f"{PROFILE} is not UTF-8 at byte {error.start}\n  {do}") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise InputError(
            f"{PROFILE} is not YAML{where}: {getattr(error, 'problem', '') or 'cannot be read'}\n  {do}"
        ) from None
    if profile is not None and not isinstance(profile, dict):
        raise InputError(f"{PROFILE} is a {type(profile).__name__}, not lines of name: value\n  {do}")
    return dict(profile or {})


def profile_problems(profile: dict[str, object]) -> list[Problem]:
    """Everything wrong with the entries of a profile."""
    problems = []

    def wrong(entry: str, rule: str, value: object, remedy: str) -> None:
        problems.append(Problem.of(PROFILE, "", entry, rule, remedy, values=[value], count=1))

    if "name" in profile and not (isinstance(profile["name"], str) and profile["name"].strip()):
        wrong("name", "is not a name", profile["name"], "write the company's name, such as name: Quillharbor")
    if profile.get("home", "CN") not in MARKETS:
        wrong("home", "is no code of ISO 3166-1 alpha-2", profile["home"], "write the home country, such as home: CN")
    if profile.get("currency", "USD") not in CURRENCIES:
        wrong("currency", "is no code of ISO 4217", profile["currency"], "write one currency, such as currency: USD")
    if "as_of" in profile and not _is_day(profile["as_of"]):
        remedy = "write the last day that the data cover, such as as_of: 2026-10-31, or leave it out"
        wrong("as_of", "is not a date between 1980 and 2099", profile["as_of"], remedy)
    if "markets" in profile:
        remedy = "write a list of country codes, such as markets: [US, DE, GB], or leave it out"
        if not isinstance(profile["markets"], list) or not profile["markets"]:
            wrong("markets", "is not a list", profile["markets"], remedy)
        else:
            for odd in [one for one in profile["markets"] if one not in MARKETS]:
                wrong("markets", "is no code of ISO 3166-1 alpha-2", odd, remedy)
    for rule, value in _odd_rates(profile.get("usd_rates", {})):
        wrong("usd_rates", rule, value, "write USD a unit by currency, such as usd_rates: {ARS: 0.00071}, "
              "or by the day from which on: {ARS: {2026-01-01: 0.00069, 2026-07-01: 0.00066}}")  # fmt: skip
    return problems


def _odd_rates(rates: object) -> list[tuple[str, object]]:
    """What is wrong with a company's own exchange rates: rule and value."""
    if not isinstance(rates, dict):
        return [("is not rates by currency", rates)]
    if not rates:
        return []
    from crossborder.reference import exchange

    found = []
    for name, given in rates.items():
        if name not in CURRENCIES:
            found.append(("is no code of ISO 4217", name))
        elif name in exchange.published():
            found.append(("has published rates", name))
        dated = given if isinstance(given, dict) else {"2000-01-01": given}
        found += [("is not a date between 1980 and 2099", day) for day in dated if not _is_day(day)]
        numbers = pd.to_numeric(pd.Series(list(dated.values()), dtype=object), errors="coerce").to_numpy(float)
        odd = ~((numbers > 0) & (numbers < 1e6))
        found += [("is not a rate above 0", value) for value, wrong in zip(dated.values(), odd, strict=True) if wrong]
    return found


def _is_day(text: object) -> bool:
    day = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce") if isinstance(text, str) else pd.NaT
    return not pd.isna(day) and text not in ("now", "today") and 1980 <= day.year <= 2099
