"""Real purchases through the importer: the published model of the CDNOW customers comes out of our own chain."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from crossborder.company import Company
from crossborder.company.importers import job, registry
from crossborder.marketing import buying_models, journey_query, purchase_history

FOLDER = Path(find_spec("lifetimes").submodule_search_locations[0]) / "datasets" if find_spec("lifetimes") else None


@pytest.mark.skipif(FOLDER is None, reason="the CDNOW sample comes with lifetimes (group oracle)")
def test_bg_nbd_of_the_imported_cdnow_sample(tmp_path):
    """Fader, Hardie, Lee (2005), Table 2: r .243, alpha 4.414, a .793, b 2.426; 39 weeks of 2,357 customers."""
    request = job.Request(registry.importer("cdnow"), (FOLDER / "CDNOW_sample.txt",), tmp_path / "cdnow")
    report = job.run(request)
    assert report.accepted
    assert report.rows_in == 6919
    orders = journey_query.order_values(Company.open(tmp_path / "cdnow").events("orders"))
    history = purchase_history.histories(orders, until="1997-10-01", unit_days=7.0)
    assert len(history) == 2357
    # Ages count to the last day of the calibration, not to its end.
    age = ((history["age"] * 7).round() - 1) / 7
    model = buying_models.fit(history["frequency"], (history["recency"] * 7).round() / 7, age)
    assert model.parameters.round(3).to_dict() == pytest.approx(
        {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, abs=0.0011
    )
