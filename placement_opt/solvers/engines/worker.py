"""The worker process: ``python -m placement_opt.solvers.engines.worker module:function folder``.

It imports little, since every solve in a process waits for its start.
"""

import importlib
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path


def find_work(name: str) -> Callable[[Path], None]:
    """Return the function that ``"module:function"`` names."""
    module, _, function = name.partition(":")
    work: Callable[[Path], None] = getattr(importlib.import_module(module), function)
    return work


def main() -> None:
    """Do the named work on the folder, and end early if the parent process ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to handle
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    name, folder = sys.argv[1:]
    threading.Thread(target=_leave_with_parent, args=(folder,), daemon=True).start()
    find_work(name)(Path(folder))


def _leave_with_parent(folder: str) -> None:
    """Wait for the end of standard input, which the parent holds open while it runs."""
    while os.read(0, 64):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    main()
