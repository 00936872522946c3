"""What the benchmarks have in common: rows, medians, and what /proc and wait4() say of a process."""
import os
import resource
import statistics
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "build" / "release" / "tests" / "bench"
ROUNDS = int(os.environ.get("DOZE_BENCH_ROUNDS", "5"))


def row(name, *cells):
    print(f"{name:<44}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def ratio(ours, theirs, key):
    """The median of what each pair of neighbours in time gives: machines are noisy."""
    return statistics.median(a[key] / b[key] for a, b in zip(ours, theirs))


def status(pid, key):
    """One line of /proc/PID/status, such as VmRSS in kB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1])
    raise KeyError(key)


def cpu_ns(pid):
    """Time on a CPU so far, over all threads of a running process, by the scheduler's own count (schedstat)."""
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in Path(f"/proc/{pid}/task").iterdir())


def cpu_seconds(pid):
    """User and system time of a running process with all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Timed:
    """Wall and CPU seconds of the child processes that are waited for meanwhile."""

    def __enter__(self):
        self._cpu, self._wall = self._children(), time.monotonic()
        return self

    def __exit__(self, *_):
        self.wall = time.monotonic() - self._wall
        self.cpu = self._children() - self._cpu

    @staticmethod
    def _children():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime
