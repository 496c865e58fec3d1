"""How nbval compares outputs here: pictures by their pixels, recorded results by their numbers, all else to the letter.

Used as `pytest -p tests.notebooks.comparison --nbval --nbval-current-env notebooks`.
"""

import base64
import io
import math
import secrets
import shutil
import tempfile
from pathlib import Path

import nbval.kernel
import numpy as np
from nbval.plugin import IPyNbCell, IPyNbFile
from PIL import Image

PNG = "iVBORw0KGgo"  # how a PNG starts in base64
# Another build of the font library moves edges of letters by a shade; a changed mark moves whole blocks of pixels.
PIXEL_SHADES = 24
PIXEL_SHARE = 0.0005
RELATIVE = 1e-6
OUTPUT_SECONDS = 120
COMPARED = ("image/png", "image/jpeg")
NOT_COMPARED = ("stderr",)  # a guard refuses stderr in committed outputs, so it can only be noise of the machine


class Picture:
    """A PNG that equals another one with nearly the same pixels."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\n", "")

    def pixels(self) -> np.ndarray:
        """Shades of red, green and blue, 0 to 255."""
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(self.text))).convert("RGB"), dtype=np.int16)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Picture):
            return False
        if self.text == other.text:
            return True
        one, two = self.pixels(), other.pixels()
        return one.shape == two.shape and _share(one, two) <= PIXEL_SHARE

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        height, width, _ = self.pixels().shape
        return f"<picture {width} x {height}, {hash(self.text) & 0xFFFFFF:06x}>"


class Recorded:
    """JSON that equals other JSON with nearly the same numbers."""

    def __init__(self, content: object) -> None:
        self.content = content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recorded) and near(self.content, other.content)

    def __hash__(self) -> int:
        return hash(repr(self.content))

    def __repr__(self) -> str:
        return repr(self.content)


def near(one: object, other: object) -> bool:
    """Whether two pieces of JSON have the same shape and texts, and numbers that agree to a millionth."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(near(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(near, one, other))
    numbers = [isinstance(x, int | float) and not isinstance(x, bool) for x in (one, other)]
    if all(numbers):
        return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=1e-12)
    return type(one) is type(other) and one == other


def _share(one: np.ndarray, two: np.ndarray) -> float:
    return float((np.abs(one - two).max(axis=2) > PIXEL_SHADES).mean())


def pytest_configure(config) -> None:
    """Put our comparison in nbval's place, and refuse a way of running in parallel that tears notebooks apart."""
    if config.pluginmanager.hasplugin("xdist") and config.getoption("numprocesses", None):
        assert config.getoption("dist") == "loadfile", "notebooks in parallel need --dist loadfile"
    plain = IPyNbCell.sanitize
    IPyNbCell.sanitize = lambda self, value: _comparable(plain(self, value) if isinstance(value, str) else value)
    told = IPyNbCell.format_output_compare
    IPyNbCell.format_output_compare = lambda self, key, one, other: told(self, key, *_texts(one, other))
    nbval.kernel.start_new_kernel = _start_kernel


def _comparable(value: object) -> object:
    if isinstance(value, str) and value.startswith(PNG):
        return Picture(value)
    return Recorded(value) if isinstance(value, dict | list) else value


def _texts(one: object, other: object) -> tuple[str, str]:
    """What a failure says of two outputs; of recorded results only where they differ first."""
    if isinstance(one, Recorded) and isinstance(other, Recorded):
        return difference(one.content, other.content)
    return tuple(value if isinstance(value, str) else repr(value) for value in (one, other))


def difference(one: object, other: object, place: str = "") -> tuple[str, str]:
    """The first place where two pieces of JSON differ, with both values."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        parts = [(key, one[key], other[key]) for key in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        parts = list(zip(range(len(one)), one, other, strict=True))
    elif isinstance(one, dict | list) and type(one) is type(other):
        names = [[row.get("name", row) if isinstance(row, dict) else row for row in side] for side in (one, other)]
        return f"{place}: {names[0]}", f"{place}: {names[1]}"
    else:
        return f"{place}: {one!r}", f"{place}: {other!r}"
    for key, left, right in parts:
        if not near(left, right):
            return difference(left, right, f"{place}[{key!r}]")
    return "", ""


def pytest_collectstart(collector) -> None:
    """Compare pictures too."""
    if isinstance(collector, IPyNbFile):
        kept = tuple(kind for kind in collector.skip_compare if kind not in COMPARED)
        collector.skip_compare = (*kept, *NOT_COMPARED)


def pytest_collection_modifyitems(items) -> None:
    """Give a slow cell the time to send its outputs: nbval's five seconds cannot be set otherwise."""
    for item in items:
        if isinstance(item, IPyNbCell):
            item.output_timeout = OUTPUT_SECONDS


def _start_kernel(startup_timeout: float = 120, kernel_name: str = "python", **options):
    """A kernel with socket files of its own: kernels that start at once can be given the same port."""
    folder = Path(tempfile.mkdtemp(prefix="kernel-"))
    manager = nbval.kernel.KernelManager(
        kernel_name=kernel_name,
        kernel_spec_manager=nbval.kernel.NbvalKernelspecManager(),
        transport="ipc",
        connection_file=str(folder / f"{secrets.token_hex(4)}.json"),
    )
    manager.start_kernel(**options)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=startup_timeout)
    except RuntimeError:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        raise
    finally:
        stop = manager.shutdown_kernel
        manager.shutdown_kernel = lambda *args, **kwargs: (stop(*args, **kwargs), shutil.rmtree(folder, True))[0]
    return manager, client
