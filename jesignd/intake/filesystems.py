"""File systems: whether a folder lies where other machines can write without this kernel hearing of it."""

from __future__ import annotations

import os
import re
from pathlib import Path

_REMOTE = re.compile(r"nfs|cifs|smb|9p|afs|ceph|gluster|glusterfs|lustre|ncpfs|virtiofs|vboxsf|fuse", re.IGNORECASE)


def is_remote(path: str) -> bool:
    """Whether the mount that holds this path is of a network or FUSE kind; False when nothing is known of it."""
    try:
        device = Path(path).stat().st_dev
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        if before.split(" ", 3)[2:3] == [wanted]:
            return _REMOTE.match(after) is not None
    return False
