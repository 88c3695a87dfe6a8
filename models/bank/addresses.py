"""Which addresses the bank's secrets and events may travel to."""

from urllib.parse import urlsplit

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def is_local(address):
    """Return whether an address (str) leads to this machine, as a simulator's does."""
    return urlsplit(address or "").hostname in LOCAL_HOSTS


def keeps_secrets(address):
    """Return whether nobody on the way to an address (str) can read what is sent."""
    return urlsplit(address or "").scheme == "https" or is_local(address)


def takes_events(address):
    """Return whether the bank sends events to an address (docs/bank_api.md §4.1)."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and parts.port in (None, 443)
    except ValueError:
        return False
