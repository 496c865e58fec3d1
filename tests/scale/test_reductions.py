"""What is fetched from the engine does not grow with the events, and the list of reductions is complete."""

import ast
import sys
from collections import defaultdict

import duckdb
import pytest
from crossborder.company import Company, checks, coverage, footers, sampling
from crossborder.company.files import repository
from crossborder.marketing import journey_query

from tests.scale.reductions import REDUCTIONS

FETCHES = ("to_pandas", "to_pyarrow", "execute")
ROOMS = ("market", "selection", "supply", "marketing", "finance", "risk", "plan")
OF_FRAMES = {"of_frame"}  # fetches what is in memory already
COMPANY = ("company.py", "coverage.py", "kpis.py", "moments.py", "sampling.py")
TIMES = 8
# Journeys are cut exactly, from one compact row (some 20 bytes) a contact and one row an order: see docs/scale.md.
EXACT = {"_stream"}
# Customers of a sample here, and rows that bounded results (pairs of products, days) may reach anyway.
SAMPLE, FLOOR = 500, 1500


@pytest.fixture(scope="module")
def grown(thinned, tmp_path_factory):
    """The thinned company with its orders and touchpoints eight times over, each time by other people."""
    folder = tmp_path_factory.mktemp("grown")
    for path in thinned.iterdir():
        (folder / path.name).symlink_to(path)
    for name, keys in {
        "orders": ["customer_id", "order_id"],
        "touchpoints": ["customer_id", "converted_order_id"],
    }.items():
        (folder / f"{name}.parquet").unlink()
        renamed = ", ".join(f"{key} || '_' || copy AS {key}" for key in keys)
        duckdb.execute(
            f"COPY (SELECT * REPLACE ({renamed}) FROM '{thinned / name}.parquet', range({TIMES}) AS copies(copy)) "
            f"TO '{folder / name}.parquet'"
        )
    people = thinned / "customers.parquet"
    people = people if people.exists() else thinned / "customers.csv"
    (folder / people.name).unlink()
    source = f"'{people}'" if people.suffix == ".parquet" else f"read_csv('{people}', all_varchar = true)"
    target = folder / "customers.parquet"
    duckdb.execute(
        f"COPY (SELECT * REPLACE (customer_id || '_' || copy AS customer_id) FROM {source}, range({TIMES}) AS c(copy)) "
        f"TO '{target}'"
    )
    return folder


def fetched(folder, monkeypatch) -> dict[str, int]:
    """The most rows that each function of the package fetched at once while all reductions ran."""
    import ibis

    most: dict[str, int] = defaultdict(int)
    ways = ("execute", "to_pyarrow")  # `to_pandas` goes through `execute`
    original = {name: getattr(ibis.expr.types.core.Expr, name) for name in ways}

    def counting(name):
        def call(self, *arguments, **options):
            found = original[name](self, *arguments, **options)
            rows = found.num_rows if hasattr(found, "num_rows") else len(found) if hasattr(found, "__len__") else 1
            name_of = _caller(sys._getframe(1))
            most[name_of] = max(most[name_of], rows)
            return found

        return call

    for name in ways:
        monkeypatch.setattr(ibis.expr.types.core.Expr, name, counting(name))
    company = Company.open(folder)
    for call in REDUCTIONS.values():
        call(company)
    return dict(most)


def _caller(frame) -> str:
    """The nearest function of the package that asked for rows; of tests, what stands in the list of reductions."""
    while frame is not None:
        code = frame.f_code
        if "/lib/crossborder/" in code.co_filename and not code.co_name.startswith("<"):
            return code.co_name
        frame = frame.f_back
    return "test"


def _untold(path, columns, dated_by) -> None:
    """Footers that tell nothing, as in a warehouse: what they save is asked of the engine."""


@pytest.fixture(scope="module")
def rows(thinned, grown):
    """Rows fetched by function, in the thinned company and in the grown one."""
    return _fetched_as_of_many(thinned), _fetched_as_of_many(grown)


def _fetched_as_of_many(folder) -> dict[str, int]:
    """`fetched`, with the limits beyond which a large company's data are sampled, cut and left in the engine."""
    Company.open(folder).table("customers")  # checked before, as tables of many rows are
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling, "LIMIT", SAMPLE)
        patch.setattr(journey_query, "SLICE", 2_000)
        patch.setattr(coverage, "JOINED_ROWS", 5000)
        patch.setattr(footers, "read", _untold)
        patch.setattr(checks, "LARGE", 0)
        patch.setattr(checks, "_FRAMES", {})
        return fetched(folder, patch)


def test_what_is_fetched_does_not_grow_with_the_events(rows):
    small, large = rows
    grew = {name: (small[name], large[name]) for name in large if large[name] > 2 * max(small.get(name, 0), FLOOR)}
    assert set(grew) <= EXACT, grew


def test_every_function_that_fetches_is_among_the_reductions(rows):
    there = set()
    library = repository() / "lib" / "crossborder"
    paths = [path for room in ROOMS for path in (library / room).rglob("*.py")]
    for path in paths + [library / "company" / name for name in COMPANY]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            calls = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)} if _is_function(node) else set()
            if calls & set(FETCHES):
                there.add(node.name)
    assert there - set(rows[1]) - OF_FRAMES == set()


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef)
