"""Warm kernels: a kernel provisioner that asks the run's nursery for a fork, and starts a cold kernel otherwise."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from crossborder.reports.environment import DETERMINISTIC

__all__ = ["NAME", "NURSERY", "STARTED", "WarmProvisioner", "available", "known", "last", "nursery"]

NURSERY = "CROSSBORDER_NURSERY"  # address of the nursery's socket, for the workers of a run
NAME = "crossborder-warm"
NURSERY_ENVIRONMENT = {
    # Arrow's allocator would start a thread of its own when pandas is imported; a fork must not leave one behind.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # Bytes: memory that a kernel frees stays its own, or each large array would cost thousands of page faults anew.
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "268435456",
    "MALLOC_TOP_PAD_": "16777216",
}
STARTED: list[int] = []  # process numbers of the kernels of this process, the last one last
PATIENCE_SECONDS = 30  # a nursery that takes longer to import the stack than a cold kernel would is of no use


def available() -> bool:
    """Whether kernels can be forked here, and jupyter_client knows how to ask for it."""
    return sys.platform == "linux" and known()


def known() -> bool:
    """Whether jupyter_client knows our provisioner: the package is installed, not only found on the path."""
    group = metadata.entry_points(group="jupyter_client.kernel_provisioners")
    return any(point.name == NAME for point in group)


def last() -> int | None:
    """The process number of the kernel that was started last."""
    return STARTED[-1] if STARTED else None


@contextlib.contextmanager
def nursery(modules: Iterable[str], log: Path) -> Iterator[str]:
    """A nursery with the modules imported, for the time of a run; its address."""
    with tempfile.TemporaryDirectory(prefix="nursery-", ignore_cleanup_errors=True) as folder:
        address = str(Path(folder) / "s")
        command = [sys.executable, "-m", "crossborder.reports.nursery", address, *modules]
        with log.open("ab") as file:
            process = subprocess.Popen(
                command,
                env={**os.environ, **DETERMINISTIC, **NURSERY_ENVIRONMENT},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
        try:
            # A file beside the socket tells the workers for how long waiting makes sense.
            Path(f"{address}.process").write_text(str(process.pid), encoding="ascii")
            yield address
        finally:
            process.terminate()
            process.wait(timeout=10)


class Fork:
    """A kernel forked by the nursery, with the few methods of a `subprocess.Popen` that a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self._connection, self.pid, self.returncode = connection, pid, None
        self._heard = b""

    def poll(self) -> int | None:
        """The exit status, or None while the kernel lives."""
        if self.returncode is None and select.select([self._connection], [], [], 0)[0]:
            self._listen()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, waited for."""
        ends = time.monotonic() + (timeout or 3600)
        while self.poll() is None and time.monotonic() < ends:
            time.sleep(0.01)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to a kernel that lives."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def _listen(self) -> None:
        try:
            part = self._connection.recv(4096)
        except OSError:
            part = b""
        self._heard += part
        if self._heard.endswith(b"\n"):
            self.returncode = json.loads(self._heard)["status"]
        elif not part:  # the nursery is gone, and its kernels with it
            self.returncode = -signal.SIGKILL
        if self.returncode is not None:
            self._connection.close()


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of the nursery named in the environment; without one, as a process of its own."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict:
        """Start the kernel that `cmd` would start; its connection."""
        fork = _forked(cmd, kwargs) if "ipykernel_launcher" in cmd else None
        if fork is None:
            info = await super().launch_kernel(cmd, **kwargs)
            STARTED.append(self.pid)
            return info
        # A fork leads a session, and so a process group, of its own number.
        self.process, self.pid, self.pgid = fork, fork.pid, fork.pid
        self.cwd = kwargs.get("cwd") or os.getcwd()
        STARTED.append(fork.pid)
        return self.connection_info


def _forked(command: list[str], options: dict) -> Fork | None:
    """A fork of the nursery, or None if there is no nursery that answers."""
    address = os.environ.get(NURSERY)
    connection = _connected(address) if address else None
    if connection is None:
        return None
    arguments = command[command.index("ipykernel_launcher") + 1 :]
    environment = dict(options.get("env") or os.environ)
    request = {"arguments": arguments, "env": environment, "cwd": str(options.get("cwd") or os.getcwd())}
    try:
        connection.settimeout(10)
        connection.sendall(json.dumps(request).encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            part = connection.recv(4096)
            if not part:
                return None
            answer += part
        connection.settimeout(None)
    except OSError:
        connection.close()
        return None
    return Fork(connection, json.loads(answer.splitlines()[0])["process"])


def _connected(address: str) -> socket.socket | None:
    """A connection to the nursery, waited for while it is still importing."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(address)
            return connection
        except OSError:
            connection.close()
        if not _lives(address):
            return None
        time.sleep(0.05)
    return None


def _lives(address: str) -> bool:
    """Whether the nursery of an address runs; one that has ended and waits for its parent's notice does not."""
    try:
        process = Path(f"{address}.process").read_text(encoding="ascii")
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    except OSError:
        return False
    return state.split()[0] != "Z"
