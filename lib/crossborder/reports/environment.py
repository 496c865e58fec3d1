"""The environment that makes a notebook give the same bytes each time."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

__all__ = ["DETERMINISTIC", "applied"]

DETERMINISTIC = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    # A debugger's notice on stderr would differ from machine to machine.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


@contextmanager
def applied(variables: Mapping[str, str]) -> Iterator[None]:
    """Environment variables set for a while, then put back."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
