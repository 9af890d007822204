"""Where a request comes from, as keyed hashes: enough to count by, and no address is kept anywhere."""

import hashlib
import hmac
from ipaddress import IPv4Address, IPv6Address, ip_address

from flask import current_app, request

TOKEN_LENGTH = 32


def caller_token() -> str:
    """The caller's address: an IPv4 address, or the /64 that one connection has of IPv6 (RFC 6177)."""
    return keyed("limits", _shortened(32, 64))


def network_token() -> str:
    """The network that the caller's address lies in: its /24, or its /48 for IPv6."""
    return keyed("network", _shortened(24, 48))


def keyed(kind: str, text: str) -> str:
    """An HMAC of ``text`` under the installation's secret, in hexadecimal; of another ``kind`` it is another."""
    key: str = current_app.config["SECRET_KEY"]
    return hmac.new(key.encode(), f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()[:TOKEN_LENGTH]


def _shortened(of_ipv4: int, of_ipv6: int) -> str:
    """The caller's address with so many leading bits left."""
    address = ip_address(request.remote_addr or "::")
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if isinstance(address, IPv4Address):
        rest = 32 - of_ipv4
        return str(IPv4Address(int(address) >> rest << rest))
    rest = 128 - of_ipv6
    return str(IPv6Address(int(address) >> rest << rest))
