# SPDX-License-Identifier: MIT
"""Errors of the library, as the kinds that Python has."""

from __future__ import annotations

import os

__all__ = ["Error", "UsageError", "MissingFileError"]


class Error(RuntimeError):
    """Something failed outside of what was asked for: a file is damaged, the disk is full, numbers are not finite.

    ``message`` is one line that says what was wrong, where, and what was expected; ``hint`` what might help, or "".
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message + (f" (hint: {hint})" if hint else ""))
        self.message = message
        self.hint = hint

    def __reduce__(self):
        return type(self), (self.message, self.hint)


class UsageError(Error, ValueError):
    """What was asked for cannot be: an unknown key, a wrong shape, guidance that cannot act. A ValueError."""


class MissingFileError(Error, FileNotFoundError):
    """A file or folder that is not there. A FileNotFoundError."""

    def __str__(self) -> str:
        return RuntimeError.__str__(self)


class missing_files:
    """``with missing_files(path, ...)``: an Error about one of these paths, which is not there, is a MissingFileError."""

    def __init__(self, *paths: os.PathLike | str) -> None:
        self.paths = paths

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind, error, trace) -> None:
        if isinstance(error, Error) and any(not os.path.exists(path) for path in self.paths):
            raise MissingFileError(error.message, error.hint) from None


class wrong_arrays:
    """``with wrong_arrays()``: whatever is wrong with arrays that a caller gave is a ValueError."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind, error, trace) -> None:
        if isinstance(error, Error) and not isinstance(error, UsageError):
            raise UsageError(error.message, error.hint) from None
