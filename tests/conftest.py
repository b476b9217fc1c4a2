"""What every test may rely on: Qt draws into memory, the user's own folders are out of reach, examples repeat in CI."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything imports Qt

# A loaded machine is no finding: neither a slow example nor a slow generator fails a test.
settings.register_profile(
    "edgewise", deadline=None, derandomize=bool(os.environ.get("CI")), suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("edgewise")

HOME_FOLDERS = {
    "HOME": ".",
    "USERPROFILE": ".",
    "APPDATA": "AppData/Roaming",
    "LOCALAPPDATA": "AppData/Local",
    "XDG_CACHE_HOME": ".cache",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_RUNTIME_DIR": "run",
}


def pytest_configure(config: pytest.Config) -> None:
    """Give this process, and every program it starts, a home folder of its own until the tests end."""
    home = tempfile.TemporaryDirectory(prefix="edgewise-home-", ignore_cleanup_errors=True)
    config.add_cleanup(home.cleanup)
    for variable, place in HOME_FOLDERS.items():
        folder = Path(home.name, place)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ[variable] = str(folder)
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "COLUMNS"):  # xdist gives its workers a width of 80
        os.environ.pop(variable, None)
