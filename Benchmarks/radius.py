"""RADIUS: Radian, FreeRADIUS and a bare UDP echo under the load of `radian radius load`."""

import json
import os
import subprocess

from databases import SECRET
from report import Measured, show_requests
import servers

LINES = {"pap": "PAP", "chap": "CHAP", "acct": "accounting"}


class RADIUS:
    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.lines = [line for line in LINES if line in bench.options.lines]

    def prepare(self):
        """Starts everything, and returns the cases: (what is measured, how)."""
        bench, cases = self.bench, []
        postgres, sqlite = bench.databases("radian_benchmark")
        for database in (sqlite, postgres):
            database.load(self.options.users)

        def add(server, lines):
            bench.started.append(server)
            server.wait_until_ready(bench.radian)
            for line in lines:
                measured = Measured(line, LINES[line], server.name, server.database.label if server.database else "none")
                cases.append((measured, lambda server=server, line=line: self.generate(server, line, self.options.seconds)))

        authentication = [line for line in self.lines if line != "acct"]
        accounting = [line for line in self.lines if line == "acct"]
        for database in (sqlite, postgres):
            place = os.path.join(bench.directory, f"radian-{database.label}")
            add(servers.radian(bench.radian, database, place, bench.server_cores, False), self.lines)
            if authentication:
                add(servers.radian(bench.radian, database, place + "-log", bench.server_cores, True), authentication)
        if servers.freeradius_installed():
            if authentication:
                threads = self.best_threads(postgres, authentication[0])
                for logs in (False, True):
                    place = os.path.join(bench.directory, "freeradius-log" if logs else "freeradius-auth")
                    add(servers.freeradius(postgres, place, bench.server_cores, threads, logs), authentication)
            if accounting:
                threads = self.best_threads(postgres, "acct")
                place = os.path.join(bench.directory, "freeradius-acct")
                add(servers.freeradius(postgres, place, bench.server_cores, threads, False), accounting)
        else:
            print("FreeRADIUS with its PostgreSQL queries is not installed here (Debian: freeradius freeradius-postgresql): left out")
        add(servers.echo(bench.radian, os.path.join(bench.directory, "echo"), bench.server_cores), self.lines)
        return cases

    def generate(self, server, line, seconds):
        """One run of the generator, with the CPU time that server and database spent on each of its requests."""
        if server.database:
            server.database.clear_log()
        command = [
            self.bench.radian, "radius", "load", "--server", f"127.0.0.1:{server.port(line)}", "--secret", SECRET, "--kind", line,
            "--users", str(self.options.users), "--window", str(self.options.window), "--duration", str(seconds), "--json"]
        before = server.server_cpu(), server.database_cpu()
        run = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, preexec_fn=self.bench.pin_generator)
        after = server.server_cpu(), server.database_cpu()
        if run.returncode != 0:
            raise SystemExit(f"{server.name}, {line}: {run.stderr or run.stdout}")
        result = json.loads(run.stdout)
        wrong = {key: result[key] for key in ("rejects", "challenges", "bad_authenticators", "unexpected") if result[key]}
        if wrong:
            raise SystemExit(f"{server.name}, {line}: wrong replies, the figures would mean nothing: {wrong}")
        if line == "acct" and server.database and server.database.count("radacct") < self.options.window:
            raise SystemExit(f"{server.name} acknowledged accounting that is not in radacct")
        replies = max(1, result["sent"] - result["timeouts"] + result["warm_up_replies"])
        result["server_cpu_us"] = (after[0] - before[0]) / replies * 1e6
        result["database_cpu_us"] = (after[1] - before[1]) / replies * 1e6
        return result

    def best_threads(self, database, line):
        """The number of FreeRADIUS's threads that answers most; more than a few make it slower."""
        rates = {}
        for threads in self.options.freeradius_threads:
            place = os.path.join(self.bench.directory, f"sweep-{line}-{threads}")
            server = servers.freeradius(database, place, self.bench.server_cores, threads, False)
            try:
                server.wait_until_ready(self.bench.radian)
                rates[threads] = self.generate(server, line, 2)["requests_per_second"]
            finally:
                server.stop()
        print(f"FreeRADIUS, {LINES[line]}, requests/s by threads: " + ", ".join(f"{n}: {rate:.0f}" for n, rate in rates.items()))
        return max(rates, key=rates.get)

    def report(self, all_measured, thresholds):
        show_requests(sorted(all_measured, key=lambda m: self.lines.index(m.line)))
        print()
        thresholds.ratios(all_measured, "FreeRADIUS", "requests_per_second", "answers")
        print(f"\nRADIUS: {self.bench.conditions()}, window {self.options.window}; every Response Authenticator verified.")
