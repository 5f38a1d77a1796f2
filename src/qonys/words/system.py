"""Why the operating system refused something, in the reader's language; its own reason is in English or its locale."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping

from qonys.words.catalogue import LANGUAGES, Worded, text

NAMED: Mapping[int, str] = {
    errno.EEXIST: "exists", errno.ENOENT: "lacking", errno.EACCES: "forbidden", errno.EPERM: "forbidden",
    errno.EISDIR: "folder", errno.ENOTDIR: "no_folder", errno.ENOSPC: "full", errno.EDQUOT: "full",
    errno.EROFS: "reading_only", errno.ENAMETOOLONG: "long_name", errno.ENOTEMPTY: "not_empty",
    errno.EMFILE: "many_open", errno.ENFILE: "many_open", errno.EBUSY: "busy", errno.ETXTBSY: "busy",
    errno.ELOOP: "loop", errno.EIO: "device",
    errno.ENXIO: "device", errno.ENODEV: "device", errno.EFBIG: "large", errno.EINVAL: "invalid",
    errno.ENOMEM: "memory", errno.EXDEV: "other_disk", errno.EADDRINUSE: "port_taken",
    errno.EADDRNOTAVAIL: "no_address", errno.ECONNREFUSED: "no_connection", errno.ECONNRESET: "no_connection",
    errno.ENETUNREACH: "no_connection", errno.EHOSTUNREACH: "no_connection", errno.EPIPE: "no_connection",
    errno.ETIMEDOUT: "late",
}  # fmt: skip
_NUMBER = re.compile(r"\(os error (\d+)\)|\[Errno (\d+)\]")


def system_reason(error: BaseException) -> Worded:
    """Why the system refused: a value of the place of a sentence, which takes the reason of its language.

    An error of a library that tells the number of the system in its text alone is read from there; a host without an
    address has a negative number.

    Examples
    --------
    >>> system_reason(FileExistsError(errno.EEXIST, "File exists")).names["ru"]
    'это имя уже занято'
    """
    number = getattr(error, "errno", None)
    if number is None and (found := _NUMBER.search(str(error))):
        number = int(found[1] or found[2])
    if number is None:
        return Worded({language: text("system.reason.unnamed", language) for language in LANGUAGES})
    name = "no_host" if number < 0 else NAMED.get(number, "numbered")
    values: dict[str, object] = {"number": number} if name == "numbered" else {}
    return Worded({language: text(f"system.reason.{name}", language, **values) for language in LANGUAGES})
