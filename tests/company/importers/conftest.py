"""A desk for the tests of importers, and short ways to import a text."""

from pathlib import Path

import pytest
from crossborder.company.importers import job, registry
from crossborder.company.importers.desk import Desk
from crossborder.company.importers.interface import Options

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def desk():
    """An empty desk."""
    with Desk() as one:
        yield one


@pytest.fixture
def bring(tmp_path):
    """Import texts or fixtures with a source: `bring("shopify", "a.csv", market="DE")` gives the report and the folder."""

    def brought(source, *files, to="company", **said):
        how = {key: said.pop(key) for key in ("mode", "dry_run", "skip_unreadable", "lines", "profile") if key in said}
        paths = tuple(path if isinstance(path, Path) else FIXTURES / path for path in files)
        request = job.Request(registry.importer(source), paths, tmp_path / to, Options(**said), **how)
        return job.run(request), tmp_path / to

    return brought
