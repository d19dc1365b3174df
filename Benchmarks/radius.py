"""RADIUS: Radian, FreeRADIUS and a bare UDP echo under the load of `radian radius load`."""

import os

from generator import load, warm
from report import Measured, show_requests
import servers

LINES = {"pap": "PAP", "chap": "CHAP", "mschapv2": "MS-CHAPv2", "acct": "accounting"}


class RADIUS:
    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.lines = [line for line in LINES if line in bench.options.lines]
        # What is measured once, outside of the rounds.
        self.once = []

    def prepare(self):
        """Starts everything, and returns the cases: (what is measured, how)."""
        bench, cases = self.bench, []
        postgres, sqlite = bench.databases("radian_benchmark")
        for database in (sqlite, postgres):
            database.load(self.options.users)

        def add(server, lines):
            bench.started.append(server)
            server.wait_until_ready(bench.radian)
            if server.database and lines != ["acct"]:
                self.first_logins(server)
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
                threads = servers.best_threads(bench, postgres, authentication[0])
                for logs in (False, True):
                    place = os.path.join(bench.directory, "freeradius-log" if logs else "freeradius-auth")
                    add(servers.freeradius(postgres, place, bench.server_cores, threads, logs), authentication)
            if accounting:
                threads = servers.best_threads(bench, postgres, "acct")
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
        result = load(self.bench, server, line, "--window", self.options.window, "--duration", seconds)
        if line == "acct" and server.database and server.database.count("radacct") < self.options.window:
            raise SystemExit(f"{server.name} acknowledged accounting that is not in radacct")
        return result

    def first_logins(self, server):
        measured = Measured("first", "first login of each", server.name, server.database.label)
        measured.rounds.append(warm(self.bench, server))
        self.once.append(measured)

    def report(self, all_measured, thresholds):
        show_requests(self.once + sorted(all_measured, key=lambda m: self.lines.index(m.line)))
        print()
        thresholds.ratios(all_measured, "FreeRADIUS", "requests_per_second", "answers")
        thresholds.shares_of_pap(all_measured)
        thresholds.share_of_echo(all_measured)
        print(f"\nRADIUS: {self.bench.conditions()}, window {self.options.window}; every Response Authenticator verified.")
