"""The error that ends a command with one sentence instead of a traceback."""


class DevError(Exception):
    """A problem that a person has to fix; the text says what is wrong and how."""
