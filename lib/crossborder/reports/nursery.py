"""The process that warm kernels are forked from: it imports the stack once, and forks while it still has one thread.

It lives as long as one run, so that the package's code cannot become stale in it. One connection is one kernel: the
request is a line of JSON, the answers are the kernel's process number and, when it ends, its exit status. A connection
that closes ends its kernel, and the end of the parent ends them all.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from crossborder.reports import rehearsal

__all__ = ["STACK", "main", "serve"]

# What most notebooks import; what only a few need, such as scikit-learn, would make all the others wait.
STACK = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "IPython.core.completer",
    "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.oinspect", "IPython.extensions.storemagic",
    "IPython.core.debugger", "psutil", "sqlite3", "faulthandler", "tornado.httputil", "tornado.platform.asyncio",
    "numpy", "pandas", "pyarrow.parquet", "scipy.stats", "scipy.optimize", "scipy.special", "scipy.sparse.csgraph",
    "matplotlib.figure", "matplotlib.backends.backend_agg", "PIL.PngImagePlugin", "yaml",
    "ibis", "ibis.backends.duckdb", "ibis.backends.duckdb.converter", "ibis.formats.pandas", "duckdb", "xlsxwriter",
    "pyarrow.dataset", "pyarrow.pandas_compat", "currency_converter", "IPython.core.logger",
)  # fmt: skip


@dataclass
class _Kernel:
    connection: socket.socket
    process: int = 0
    request: bytes = b""


def serve(listener: socket.socket, parent: int) -> None:
    """Fork kernels on request until the parent is gone."""
    kernels: list[_Kernel] = []
    while os.getppid() == parent:
        ready, _, _ = select.select([listener, *(k.connection for k in kernels)], [], [], 0.02)
        for kernel in [k for k in kernels if k.connection in ready]:
            if not _heard(kernel, listener, kernels):
                _end(kernel)
                kernels.remove(kernel)
        if listener in ready:
            kernels.append(_Kernel(listener.accept()[0]))
        for kernel in [k for k in kernels if k.process]:
            ended, status = os.waitpid(kernel.process, os.WNOHANG)
            if ended:
                kernel.process = 0
                _tell(kernel, {"status": os.waitstatus_to_exitcode(status)})
    for kernel in kernels:
        _end(kernel)


def _heard(kernel: _Kernel, listener: socket.socket, kernels: list[_Kernel]) -> bool:
    """Take what a connection says; False once it is closed. A whole line is a request for a kernel."""
    try:
        part = kernel.connection.recv(65536)
    except OSError:
        return False
    kernel.request += part
    if kernel.request.endswith(b"\n") and not kernel.process:
        request, kernel.request = json.loads(kernel.request), b""
        kernel.process = os.fork()
        if not kernel.process:
            _become_kernel(request, [listener, *(k.connection for k in kernels)])
        _tell(kernel, {"process": kernel.process})
    return bool(part)


def _become_kernel(request: dict, inherited: list[socket.socket]) -> None:
    """Turn this fork into a kernel; never returns."""
    try:
        for one in inherited:
            one.close()
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(request["env"])
        time.tzset()
        os.chdir(request["cwd"])
        _reseed()
        from ipykernel.kernelapp import IPKernelApp

        # The working folder, not this module's place, is where a kernel looks first; IPython puts it there.
        sys.argv = ["ipykernel_launcher.py", *request["arguments"], f"--IPKernelApp.parent_handle={os.getppid()}"]
        IPKernelApp.launch_instance()
    finally:
        os._exit(1 if sys.exc_info()[0] not in (None, SystemExit) else 0)


def _reseed() -> None:
    """Random states of its own for each kernel, as a fresh process has."""
    import random

    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _tell(kernel: _Kernel, content: dict) -> None:
    with contextlib.suppress(OSError):
        kernel.connection.sendall(json.dumps(content).encode() + b"\n")


def _end(kernel: _Kernel) -> None:
    kernel.connection.close()
    if kernel.process:
        # A fork of this very moment may not lead a group yet.
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError):
                kill(kernel.process, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(kernel.process, 0)


def main(address: str, modules: list[str]) -> int:
    """Import the modules, use them once, then serve at the address; 1 if forking would not be safe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()
    for name in modules:
        # What cannot be imported will say so in the notebook that needs it.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    with contextlib.suppress(Exception):
        rehearsal.rehearse()
    # What is there now stays: a kernel's collector need not look through it again, nor copy its pages by doing so.
    gc.collect()
    gc.freeze()
    threads = Path("/proc/self/task")
    if threads.is_dir() and len(list(threads.iterdir())) > 1:
        print("not forking: an import has started a thread", file=sys.stderr)
        return 1
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Bound under another name first: whoever sees the address can connect at once.
    listener.bind(f"{address}.new")
    listener.listen(16)
    os.rename(f"{address}.new", address)
    serve(listener, parent)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
