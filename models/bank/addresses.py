"""Which addresses the bank's secrets and events may travel to."""

import re
import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

# System parameter: addresses of the server's own network may be called.
OWN_NETWORK_ALLOWED = "account_tochka.allow_own_network"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://"
    r"(?:\[(?P<ip6>[0-9a-f:.]+)\]|(?P<host>[a-z0-9.-]+))"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/[\w.~/-]*)?",
    re.IGNORECASE | re.ASCII,
)
_NAME = re.compile(r"(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)*(?!-)[a-z0-9-]{1,63}(?<!-)")
# Browsers and resolvers read such a name as a number: 127.1, 0x7f000001.
_NUMBER_AT_END = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_OWN_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa")


def is_local(address):
    """Return whether an address (str) leads to this machine, as a simulator's does."""
    return _host(address) in LOCAL_HOSTS


def takes_events(address):
    """Return whether the bank sends events to an address (docs/bank_api.md §4.1)."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and parts.port in (None, 443)
    except ValueError:
        return False


def problem(env, address):
    """Return why an address of the bank cannot be used, None when it can.

    :param str address: as it was typed; read strictly, so that no two programs can
        read two hosts out of it
    :return str: a translated sentence
    """
    host = _host(address)
    if not host:
        return env._(
            "“%s” cannot be the API address. Write https://, the host and the path, for"
            " example https://enter.tochka.com/uapi, without a user name, ? or #.",
            address,
        )
    if not address.lower().startswith("https:") and host not in LOCAL_HOSTS:
        return env._(
            "The API address has to begin with https:// so that nobody can read the"
            " access on its way."
        )
    if _is_own_name(host) and not _may_call(env, host):
        return _own_network_words(env, host)
    return None


def problem_now(env, address):
    """Return why an address cannot be called as its name resolves at this moment.

    :return str: a translated sentence, None when it can be called
    """
    host = _host(address)
    if not host or _may_call(env, host):
        return problem(env, address)
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return problem(env, address)  # the request will say that nobody is there
    if any(_is_own_ip(ip.partition("%")[0]) for ip in found):
        return _own_network_words(env, host)
    return problem(env, address)


def _own_network_words(env, host):
    return env._(
        "“%(host)s” is in the network of this server. Only the system administrator can"
        " allow that: by the system parameter “%(parameter)s”.",
        host=host,
        parameter=OWN_NETWORK_ALLOWED,
    )


def _host(address):
    """Return the host of an address in small letters, None when it is no address."""
    found = _ADDRESS.fullmatch(address or "")
    if not found or not 0 < int(found["port"] or 443) < 65536:
        return None
    host = (found["ip6"] or found["host"]).lower()
    if found["ip6"] or _NUMBER_AT_END.fullmatch(host):
        return host if _ip(host) else None
    return host if _NAME.fullmatch(host) else None


def _ip(text):
    try:
        ip = ip_address(text)
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip


def _is_own_ip(text):
    ip = _ip(text)
    return not ip or not ip.is_global or ip.is_multicast


def _is_own_name(host):
    """Return whether a host is of the own network, as far as its name tells."""
    if _ip(host):
        return _is_own_ip(host)
    ends = tuple(f".{name}" for name in _OWN_NAMES)
    return "." not in host or host.endswith(ends)


def _may_call(env, host):
    """Return whether a host of the own network may be called.

    Where this database itself is opened at an address of this machine, as on a
    developer's one, so may a simulated bank be.
    """
    parameters = env["ir.config_parameter"].sudo()
    if parameters.get_param(OWN_NETWORK_ALLOWED) in ("1", "True", "true"):
        return True
    home = parameters.get_param("web.base.url")
    return host in LOCAL_HOSTS and is_local((home or "").rstrip("/"))
