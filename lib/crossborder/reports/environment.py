"""The environment that makes a notebook give the same bytes each time."""

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config import Config

__all__ = ["DETERMINISTIC", "alive", "applied", "kernel_sockets", "spare_grammar"]

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


@contextmanager
def kernel_sockets() -> Iterator["Config"]:
    """Settings for one kernel that talks through socket files of its own.

    Kernels that start at once can otherwise be given the same port, and one of them dies.
    """
    from traitlets.config import Config

    # The names of socket files must stay short (about 100 characters), so they do not lie in the project.
    with tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / f"{secrets.token_hex(4)}.json"
        yield Config({"KernelManager": {"transport": "ipc", "connection_file": str(file)}})


def spare_grammar() -> None:
    """Import what validates notebooks without its grammar of international addresses, which takes a second to build.

    No schema of a notebook asks for such an address.
    """
    absent = "rfc3987_syntax"
    if absent in sys.modules or "jsonschema" in sys.modules:
        return
    sys.modules[absent] = None  # counts as not installed
    try:
        import nbformat  # noqa: F401  it imports jsonschema
    finally:
        del sys.modules[absent]


def alive(process: str) -> bool:
    """Whether a process of that number runs; a text that is no number counts as gone."""
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
