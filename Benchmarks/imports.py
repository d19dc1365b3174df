"""Imports of users from a file: `radian import`, and Django row by row and with bulk_create."""

import os
import subprocess
import time

from databases import SLUG
from report import Measured, show_imports
import servers

LINES = {"import-plain": ("import, cleartext", "cleartext", "Cleartext-Password"), "import-argon2": ("import, argon2", "argon2", "Argon2-Password")}


class Imports:
    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.lines = [line for line in LINES if line in bench.options.lines]

    def prepare(self):
        bench, cases = self.bench, []
        postgres, sqlite = bench.databases("radian_benchmark_import")
        for database in (sqlite, postgres):
            database.load_organization()
        program = bench.peer()
        for line in self.lines:
            work, scheme, _ = LINES[line]
            users = self.options.hashed_imports if scheme == "argon2" else self.options.users
            path = self.file(line, users)
            for database in (sqlite, postgres):
                command = [bench.radian, "import", path, "--organization", SLUG, "--scheme", scheme, "--config", servers.CONFIGURATION]
                cases.append(self.case(line, "Radian", database, users, command, servers.radian_environment(database)))
            for peer, way, part in (("Django", "row", 10), ("Django bulk_create", "bulk", 1)):
                if program:
                    some = self.file(f"{line}-{way}", users // part)
                    command = [program, os.path.join(servers.PEER, "import_users.py"), some, SLUG, scheme, way]
                    cases.append(self.case(line, peer, postgres, users // part, command, {"PEER_DATABASE_URL": postgres.url}))
        return cases

    def file(self, name, users):
        path = os.path.join(self.bench.directory, f"{name}.csv")
        with open(path, "w") as file:
            file.write("username,password,email,first_name,last_name\n")
            file.writelines(f"guest{n:06d},pass{n:06d},guest{n:06d}@example.org,Ada,Lovelace\n" for n in range(users))
        return path

    def case(self, line, program, database, users, command, environment):
        measured = Measured(line, LINES[line][0], program, database.label)
        return measured, lambda: self.measure(measured, database, users, command, environment)

    def measure(self, measured, database, users, command, environment):
        """One import into empty tables: seconds from start to end of the process, and the most memory that it had."""
        database.clear_users()
        begin = time.monotonic()
        process = subprocess.Popen(
            command, cwd=self.bench.directory, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        peak = 0
        while process.poll() is None:
            peak = max(peak, high_water(process.pid))
            if time.monotonic() - begin > 1800:
                process.kill()
            time.sleep(0.01)
        seconds = time.monotonic() - begin
        output = process.stdout.read()
        found = database.count("radcheck", f"attribute = '{LINES[measured.line][2]}'"), database.count("radian_organization_user")
        if process.returncode != 0 or found != (users, users):
            raise SystemExit(f"{measured.name}: {found} of {users} users with password and membership\n{output[-2000:]}")
        return {"users": users, "seconds": seconds, "users_per_second": users / seconds, "peak_megabytes": peak / 1e6}

    def report(self, all_measured, thresholds):
        show_imports(sorted(all_measured, key=lambda m: self.lines.index(m.line)))
        print()
        for peer in ("Django", "Django bulk_create"):
            thresholds.ratios(all_measured, peer, "users_per_second", "imports", judged=peer == "Django")
        thresholds.memory(all_measured)
        print(f"\nImport: {self.options.rounds} interleaved rounds into empty tables, {os.cpu_count()} processors; medians.")


def high_water(process):
    """Octets of memory that the process had at most until now (VmHWM); 0 when it has ended."""
    try:
        with open(f"/proc/{process}/status") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM")), 0)
    except OSError:
        return 0
