"""Runs the command in the arguments after the first, and writes its cost as JSON to the file named first.

The cost is the kernel's account of the process (wait4): wall, user and system time, peak resident memory.
"""

import json
import os
import subprocess
import sys
import time

begun = time.monotonic()
child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
wall = time.monotonic() - begun
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({"wall_ms": wall * 1e3, "cpu_ms": (usage.ru_utime + usage.ru_stime) * 1e3, "rss_kb": usage.ru_maxrss}, file)
sys.exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 1)
