"""A second engine for the workbook: LibreOffice, forced to recalculate what it opens."""

import shutil
import subprocess
from pathlib import Path

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""


def executable() -> str | None:
    """The program, or None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def recalculated(source: Path, folder: Path) -> Path:
    """The workbook as LibreOffice computes it anew."""
    return recalculated_all([source], folder)[0]


def recalculated_all(sources: list[Path], folder: Path) -> list[Path]:
    """Workbooks as LibreOffice computes them anew (its default would hand back the cached numbers)."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
    out = folder / "recalculated"
    command = [
        executable(), f"-env:UserInstallation=file://{profile}", "--headless", "--calc", "--convert-to", "xlsx",
        "--outdir", str(out), *map(str, sources),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return [out / source.name for source in sources if (out / source.name).exists()]
