"""A thinned copy of the demo company: a fiftieth of the customers with all their events, seconds to make."""

import shutil

import pyarrow.parquet as pq
import pytest
from crossborder.company.files import repository

DEMO = repository() / "data" / "demo"
EVENTS = ("orders", "touchpoints")


def thin(folder, share: int) -> None:
    """The demo company's tables with the events of one customer in `share` (and one guest order in `share`)."""
    for path in DEMO.iterdir():
        if path.is_file() and path.stem not in EVENTS:
            shutil.copy(path, folder)
    for name in EVENTS:
        frame = pq.read_table(DEMO / f"{name}.parquet").to_pandas()
        key = frame["customer_id"].fillna(frame["order_id"] if name == "orders" else "")
        kept = frame[key.str[1:-2].astype("int64") % share == 0]
        kept.to_parquet(folder / f"{name}.parquet", index=False)


@pytest.fixture(scope="session")
def thinned(tmp_path_factory):
    """Folder of the thinned company."""
    folder = tmp_path_factory.mktemp("thinned")
    thin(folder, 50)
    return folder
