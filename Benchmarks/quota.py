"""Logins of users with quotas, with and without a history of sessions."""

import os
from statistics import median
import subprocess

from generator import load, warm
from report import Measured, show_requests
import servers

LINES = {"quota": "PAP, users with quotas"}
USERS = 1000


class Quota:
    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.users, self.once = min(USERS, bench.options.users), []

    def prepare(self):
        bench, options, cases = self.bench, self.options, []
        for name, rows in (("empty", 0), ("history", options.history_rows)):
            postgres, _ = bench.databases(f"radian_benchmark_{name}")
            postgres.load(options.users)
            for words in (["--of", "time", "--limit", "100000h", "--period", "day"], ["--limit", "100T", "--period", "month"]):
                subprocess.run([bench.radian, "quota", "add", "group", "members", *words, "--config", servers.CONFIGURATION], check=True,
                               cwd=bench.directory, env=os.environ | servers.radian_environment(postgres), capture_output=True, timeout=60)
            if rows:
                postgres.load_history(rows, options.users)
            server = servers.radian(bench.radian, postgres, os.path.join(bench.directory, f"quota-{name}"), bench.server_cores, False)
            bench.started.append(server)
            server.wait_until_ready(bench.radian)
            database = f"PostgreSQL, {rows} sessions"
            first = Measured("quota", "first login with quotas", "Radian", database)
            first.rounds.append(self.load(server, "--in-order", "--count", self.users, "--warm-up", 0, "--timeout", 60))
            self.once.append(first)
            # What autovacuum does within a minute; until then PostgreSQL plans for tables that it thinks empty.
            postgres.execute("VACUUM ANALYZE")
            cases.append((Measured("quota", LINES["quota"], "Radian", database),
                          lambda server=server: self.load(server, "--duration", options.seconds)))
        return cases

    def load(self, server, *arguments):
        return load(self.bench, server, "pap", "--users", self.users, "--window", self.options.window, *arguments, timeout=1800)

    def report(self, all_measured, thresholds):
        show_requests(self.once + all_measured)
        empty, history = all_measured
        share = median(a["requests_per_second"] / b["requests_per_second"] for a, b in zip(history.rounds, empty.rounds))
        print(f"\nwith {self.options.history_rows} sessions in radacct Radian answers {share:.0%} of what it answers with none")
        thresholds.least("quotas with a history", share, thresholds.values["of_empty_history"], "of the rate without one")
        print(f"\nQuotas: {self.bench.conditions()}; {self.users} users who each have a daily quota of time and a monthly one of traffic.")
