"""The REST API: Radian and a minimal Django under the load of wrk."""

import http.client
import json
import os
import shutil
import subprocess
import time
from urllib.parse import urlencode

from databases import GROUP_REPLIES, HASHED_PASSWORD, ORGANIZATION, ORGANIZATION_TOKEN, SLUG, api_token
from report import Measured, show_requests
import servers

HERE = os.path.dirname(os.path.abspath(__file__))
LINES = {
    "login": "login, cleartext", "login-argon2": "login, argon2", "validate": "token validation", "authorize": "authorize",
    "accounting": "accounting (REST)"}


class API:
    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.lines = [line for line in LINES if line in bench.options.lines]
        # A verified hash is remembered for a minute: no user with one logs in twice.
        self.hashed = max(1000, self.options.users // 5)
        self.first = 0
        if not shutil.which("wrk"):
            raise SystemExit("wrk is not installed here (Debian: wrk)")

    def prepare(self):
        bench, cases = self.bench, []
        postgres, sqlite = bench.databases("radian_benchmark_api")
        for database in (sqlite, postgres):
            database.load(self.options.users)
            database.load_accounts(self.options.users, self.hashed)

        def add(server, lines):
            bench.started.append(server)
            self.prove(server)
            for line in lines:
                measured = Measured(line, LINES[line], server.name, server.database.label)
                cases.append((measured, lambda server=server, line=line: self.generate(server, line, self.options.seconds)))

        for database in (sqlite, postgres):
            place = os.path.join(bench.directory, f"api-radian-{database.label}")
            add(servers.radian(bench.radian, database, place, bench.server_cores, False), self.lines)
        if program := bench.peer():
            best = self.best_threads(program, postgres)
            for threads in sorted(set(best.values())):
                place = os.path.join(bench.directory, f"api-django-{threads}")
                lines = [line for line in self.lines if best[line] == threads]
                add(servers.peer(program, postgres, place, bench.server_cores, threads), lines)
        return cases

    def best_threads(self, program, database):
        """For each line the number of threads of each of gunicorn's workers that answers most."""
        rates = {line: {} for line in self.lines}
        for threads in self.options.gunicorn_threads:
            place = os.path.join(self.bench.directory, f"api-sweep-{threads}")
            server = servers.peer(program, database, place, self.bench.server_cores, threads)
            try:
                self.prove(server)
                for line in self.lines:
                    rates[line][threads] = self.generate(server, line, 2)["requests_per_second"]
            finally:
                server.stop()
        for line, found in rates.items():
            print(f"Django, {LINES[line]}, requests/s by threads: " + ", ".join(f"{n}: {rate:.0f}" for n, rate in found.items()))
        return {line: max(found, key=found.get) for line, found in rates.items()}

    def generate(self, server, line, seconds):
        """One run of wrk after a second of warm-up, with the CPU time that server and database spent on each of its requests."""
        server.database.clear_log()
        self.load(server, line, 1)
        before = server.server_cpu(), server.database_cpu()
        run = self.load(server, line, seconds)
        after = server.server_cpu(), server.database_cpu()
        requests = max(1, run["requests"])
        # Each session takes five records.
        if line == "accounting" and server.database.count("radacct") < requests / 5:
            raise SystemExit(f"{server.name} acknowledged accounting that is not in radacct")
        return {
            "requests_per_second": requests / run["microseconds"] * 1e6,
            "latency_microseconds": {"p50": run["p50"], "p99": run["p99"]}, "timeouts": run["lost"],
            "server_cpu_us": (after[0] - before[0]) / requests * 1e6, "database_cpu_us": (after[1] - before[1]) / requests * 1e6}

    def load(self, server, line, seconds):
        users = self.hashed if line == "login-argon2" else self.options.users
        command = [
            "wrk", "--threads", "1", "--connections", str(self.options.connections), "--duration", f"{seconds:g}s", "--timeout", "30s",
            "--script", os.path.join(HERE, "api.lua"), f"http://127.0.0.1:{server.http_port}",
            "--", line, str(self.first), str(users), str(2 * self.options.connections), SLUG, ORGANIZATION, ORGANIZATION_TOKEN]
        run = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, preexec_fn=self.bench.pin_generator)
        if run.returncode != 0:
            raise SystemExit(f"{server.name}, {line}: {run.stderr or run.stdout}")
        result = json.loads(run.stdout.splitlines()[-1])
        if result["refused"]:
            raise SystemExit(
                f"{server.name}, {line}: {result['refused']} of {result['requests']} refused, the figures would mean nothing\n"
                + server.last_words())
        self.first += result["requests"]
        return result

    def prove(self, server):
        """That a server does the work: right answers to each kind of request, and refusals to wrong ones."""
        account = f"/api/v1/radius/organization/{SLUG}/account/token/"
        credentials = {"Authorization": f"Bearer {ORGANIZATION} {ORGANIZATION_TOKEN}"}
        deadline = time.monotonic() + 30
        while True:
            try:
                status, _ = post(server, "/api/v1/freeradius/authorize/", {"username": "nobody", "password": "x"}, credentials)
                # The organization's settings are read every few seconds.
                if status != 403:
                    break
            except OSError:
                pass
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{server.name} does not answer\n{server.last_words()}")
            time.sleep(0.1)

        def expect(what, answer, status, **members):
            wrong = {name: answer[1].get(name) for name, value in members.items() if answer[1].get(name) != value}
            if answer[0] != status or wrong:
                raise SystemExit(f"{server.name}, {what}: {answer[0]} {answer[1]}, not {status} {members}\n{server.last_words()}")
            return answer[1]

        user = {"username": "user000007", "password": "pass000007"}
        for what in ("authorize", "login", "validate", "accounting"):
            if not any(line.startswith(what) for line in self.lines):
                continue
            if what == "authorize":
                replies = {name: {"op": ":=", "value": value} for name, value in GROUP_REPLIES}
                accepted = post(server, "/api/v1/freeradius/authorize/", user, credentials)
                expect(what, accepted, 200, **{"control:Auth-Type": "Accept"}, **replies)
                refused = post(server, "/api/v1/freeradius/authorize/", user | {"password": "wrong"}, credentials)
                expect(what, refused, 401, **{"control:Auth-Type": "Reject"})
            elif what == "login":
                expect(what, post(server, account, user), 200, username="user000007", key=api_token(7), is_active=True)
                hashed = {"username": "hash000007", "password": HASHED_PASSWORD}
                expect(what, post(server, account, hashed), 200, username="hash000007", key=api_token(self.options.users + 7))
                expect(what, post(server, account, hashed | {"password": "wrong"}), 400)
            elif what == "validate":
                old = expect(what, post(server, account + "validate/", {"token": api_token(7)}), 200, username="user000007")
                new = expect(
                    what, post(server, account + "validate/", {"token": api_token(7)}), 200, auth_token=api_token(7),
                    response_code="AUTH_TOKEN_VALIDATION_SUCCESSFUL")
                if len(new["radius_user_token"]) != 40 or new["radius_user_token"] == old["radius_user_token"]:
                    raise SystemExit(f"{server.name} does not renew the RADIUS user token")
                expect(what, post(server, account + "validate/", {"token": "f" * 40}), 401)
            else:
                record = {"status_type": "Start", "session_id": "1", "unique_id": "proof", "nas_ip_address": "192.0.2.1",
                          "username": "user000007", "calling_station_id": "AA", "called_station_id": "BB"}
                server.database.clear_log()
                for kind, status in (("Start", 201), ("Interim-Update", 200), ("Stop", 200)):
                    answer = post(server, "/api/v1/freeradius/accounting/", record | {"status_type": kind, "session_time": 60}, credentials)
                    expect(what, answer, status)
                if server.database.count("radacct", "acctuniqueid = 'proof' AND acctstoptime IS NOT NULL AND groupname = 'members'") != 1:
                    raise SystemExit(f"{server.name} acknowledged a session that is not in radacct")

    def report(self, all_measured, thresholds):
        show_requests(sorted(all_measured, key=lambda m: self.lines.index(m.line)))
        print()
        thresholds.ratios(all_measured, "Django", "requests_per_second", "answers")
        print(f"\nREST API: {self.bench.conditions()}, {self.options.connections} connections; every status verified.")


def post(server, path, fields, headers=None):
    """One request, as JSON with the credentials of FreeRADIUS, as a form without: its status and the members of its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=30)
    try:
        if headers:
            connection.request("POST", path, json.dumps(fields), headers | {"Content-Type": "application/json"})
        else:
            connection.request("POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})
        response = connection.getresponse()
        body = response.read()
        return response.status, (json.loads(body) if body else None) or {}
    finally:
        connection.close()
