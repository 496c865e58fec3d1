"""The column types of the table contract, given to simulated frames."""

import pandas as pd

from crossborder.company.tables import TABLES
from crossborder.company.tables.contract import DTYPES

__all__ = ["typed"]


def typed(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The frame with the columns of `table` in the contract's order and types; columns unknown to it are refused."""
    contract = TABLES[table]
    types = {c.name: DTYPES[c.kind] for c in contract.columns if c.name in frame}
    unknown = sorted(set(frame.columns) - set(types))
    if unknown:
        raise KeyError(f"{table}: not in the contract: {unknown}")
    return frame[list(types)].astype(types)
