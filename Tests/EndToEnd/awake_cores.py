"""Cores that do not sleep while fractions of a millisecond are measured.

    python3 awake_cores.py CORE     keeps one core awake until it is ended

An idle core of a virtual machine halts, and the host wakes it up when it pleases: up to milliseconds later, which is
more than a relay takes for a frame and has nothing to do with it. Something that is always ready to run, in the class
of the scheduler that runs only when nobody else wants to (sched(7), SCHED_IDLE), keeps it from halting.
"""

import os
import subprocess
import sys


class AwakeCores:
    """Processes that keep the cores awake, while this context lasts."""

    def __init__(self, cores):
        self.cores, self.processes = cores, []

    @property
    def pids(self):
        return [process.pid for process in self.processes]

    def __enter__(self):
        self.processes = [subprocess.Popen([sys.executable, __file__, str(core)]) for core in self.cores]
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()
        self.processes = []


def main(core):
    os.sched_setaffinity(0, {int(core)})
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    while os.getppid() != 1:
        for _ in range(1_000_000):
            pass


if __name__ == "__main__":
    main(*sys.argv[1:])
