"""The tables, the ratios and the thresholds."""

import json
import os
from statistics import median

THRESHOLDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "thresholds.json")


class Measured:
    """All measurements of one line: rounds of one server and database."""

    def __init__(self, line, work, server, database):
        self.line, self.work, self.server, self.database = line, work, server, database
        self.rounds = []

    @property
    def name(self):
        return f"{self.work}, {self.server}, {self.database}"

    def median(self, *keys):
        def value(result):
            for key in keys:
                result = result[key]
            return result
        return median(value(result) for result in self.rounds)


def thousands(number):
    return f"{number:,.0f}".replace(",", " ")


def show(head, rows, texts):
    """`texts`: how many columns are texts, to be set to the left."""
    rows = [head] + rows
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    print()
    for row in rows:
        print("  ".join(cell.ljust(width) if column < texts else cell.rjust(width)
                        for column, (cell, width) in enumerate(zip(row, widths))).rstrip())


def show_requests(all_measured):
    head = ["work", "server", "database", "requests/s", "p50 ms", "p99 ms", "CPU µs/request", "database CPU", "timeouts"]
    show(head, [[
        m.work, m.server, m.database, thousands(m.median("requests_per_second")),
        f"{m.median('latency_microseconds', 'p50') / 1000:.2f}", f"{m.median('latency_microseconds', 'p99') / 1000:.2f}",
        f"{m.median('server_cpu_us'):.1f}", f"{m.median('database_cpu_us'):.1f}", str(sum(r["timeouts"] for r in m.rounds)),
    ] for m in all_measured], 3)


def show_imports(all_measured):
    head = ["work", "program", "database", "users", "seconds", "users/s", "peak MB"]
    show(head, [[
        m.work, m.server, m.database, thousands(m.rounds[0]["users"]), f"{m.median('seconds'):.2f}", thousands(m.median("users_per_second")),
        f"{m.median('peak_megabytes'):.0f}",
    ] for m in all_measured], 3)


class Thresholds:
    """What the run must reach; says what misses it."""

    def __init__(self):
        with open(THRESHOLDS) as file:
            self.values = json.load(file)
        self.misses = []

    def ratios(self, all_measured, peer, rate, verb, judged=True):
        """Compares Radian's lines with the peer's on PostgreSQL. Ratios are taken inside each round, and of these the median.
        Without `judged` no threshold counts."""
        theirs = {(m.work, m.server): m for m in all_measured if m.server.startswith(peer)}
        for ours in (m for m in all_measured if m.server.startswith("Radian")):
            other = theirs.get((ours.work, ours.server.replace("Radian", peer)))
            if not other:
                continue
            ratio = median(a[rate] / b[rate] for a, b in zip(ours.rounds, other.rounds))
            print(f"{ours.work}: {ours.server} on {ours.database} {verb} {ratio:.1f} times as many as {other.server} on PostgreSQL")
            least = self.values["times_the_peer"].get(ours.line, {}).get(f"{ours.server} on {ours.database}")
            if judged:
                self.least(f"{ours.work}: {ours.server} on {ours.database}", ratio, least, f"times as many as {other.server}")

    def least(self, name, value, least, unit):
        """Notes a miss where the value is below its threshold; None is none."""
        if least is not None and value < least:
            self.misses.append(f"{name}: {value:.2f} {unit}, {least} are wanted")

    def most(self, name, value, most, unit):
        """Notes a miss where the value is above its threshold; None is none."""
        if most is not None and value > most:
            self.misses.append(f"{name}: {value:.2f} {unit}, at most {most} is wanted")

    def shares_of_pap(self, all_measured):
        """How much slower than PAP the other ways to prove a password are."""
        pap = {(m.server, m.database): m for m in all_measured if m.line == "pap"}
        for ours in (m for m in all_measured if m.line in self.values["of_pap"] and m.server.startswith("Radian")):
            if other := pap.get((ours.server, ours.database)):
                share = median(a["requests_per_second"] / b["requests_per_second"] for a, b in zip(ours.rounds, other.rounds))
                print(f"{ours.work}: {ours.server} on {ours.database} answers {share:.0%} of PAP's rate")
                self.least(f"{ours.work}: {ours.server} on {ours.database}", share, self.values["of_pap"][ours.line], "of PAP's rate")

    def share_of_echo(self, all_measured):
        """PAP of users in memory, nothing written, beside the limit of the machine."""
        echo = next((m for m in all_measured if m.line == "pap" and m.database == "none"), None)
        shares = [median(a["requests_per_second"] / b["requests_per_second"] for a, b in zip(m.rounds, echo.rounds))
                  for m in all_measured if echo and m.line == "pap" and m.server == "Radian"]
        if shares:
            print(f"users in memory: Radian answers {max(shares):.0%} of the echo's rate")
            self.least("users in memory", max(shares), self.values["of_echo"], "of the echo's rate")

    def memory(self, all_measured):
        for ours in (m for m in all_measured if m.server == "Radian"):
            most = self.values["peak_megabytes"].get(ours.line)
            peak = max(r["peak_megabytes"] for r in ours.rounds)
            if most is not None and peak >= most:
                self.misses.append(f"{ours.work} on {ours.database}: {peak:.0f} MB of memory, less than {most} are wanted")

    def judge(self):
        """The exit code."""
        for miss in self.misses:
            print(f"MISSED {miss}")
        return 1 if self.misses else 0
