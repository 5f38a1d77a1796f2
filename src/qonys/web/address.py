"""The address of this server as a reader of it wrote it; only a host that the guard has let through is believed."""

from __future__ import annotations

import re

from starlette.requests import Request

HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9.])?|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?", re.IGNORECASE)


def host_name(host: str) -> str:
    """The name in a `Host`, without its port, in small letters; nothing where it is no host.

    Examples
    --------
    >>> host_name("Migration.Example.org:8000"), host_name("[::1]"), host_name("localhost:80/elsewhere")
    ('migration.example.org', '[::1]', '')

    """
    if not HOST.fullmatch(host):
        return ""
    return (host if host.endswith("]") else host.rsplit(":", 1)[0]).lower()


def base_of(request: Request) -> str:
    """Scheme, host and port at which the request came in, as in ``https://migration.example.org``.

    The scheme is what a proxy on this machine says (`X-Forwarded-Proto`).
    """
    return f"{request.url.scheme}://{request.url.netloc}".lower()
