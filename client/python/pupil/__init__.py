"""A client of a Pupil server: label a little, teach a lot."""

from .client import Pupil
from .transport import PupilError

__all__ = ["Pupil", "PupilError"]
