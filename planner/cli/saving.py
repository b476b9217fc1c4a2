"""A device profile on disk while it grows: saved after every step, what stood there before kept as one backup."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.documents import save_text, to_json
from planner.profiles.files import save_profile
from planner.profiles.profile import DeviceProfile


@dataclass
class GrowingFile:
    """The file that a user named, or none."""

    path: Path | None
    _is_saved: bool = False

    def save(self, profile: DeviceProfile) -> DeviceProfile:
        """Write the profile and hand it back; the first time with a backup of what stood there, then over our own."""
        if self.path is not None and self._is_saved:
            save_text(self.path, to_json(profile))
        elif self.path is not None:
            save_profile(self.path, profile)
            self._is_saved = True
        return profile
