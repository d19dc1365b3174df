"""The two databases of a run, filled with the same users by SQL."""

import os
import sqlite3
import subprocess
from urllib.parse import urlparse

SECRET = "benchmark-secret"
GROUP_REPLIES = [("Session-Timeout", "3600"), ("Idle-Timeout", "600"), ("Acct-Interim-Interval", "300")]


class PostgreSQL:
    """A database of its own on the server that .ci/with-postgres started."""

    label = "PostgreSQL"

    def __init__(self, server_url, data_directory):
        server = urlparse(server_url)
        self.user, self.host, self.port, self.name = server.username, server.hostname, server.port, "radian_benchmark"
        self.url = f"postgres://{self.user}@{self.host}:{self.port}/{self.name}"
        with open(os.path.join(data_directory, "postmaster.pid")) as file:
            self.postmaster = int(file.readline())
        self._psql(f"DROP DATABASE IF EXISTS {self.name}", database="postgres")
        self._psql(f"CREATE DATABASE {self.name}", database="postgres")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            if self._psql(f"SHOW {setting}").strip() != "on":
                raise SystemExit(f"PostgreSQL runs with {setting} off: its figures would mean nothing")

    def _psql(self, sql, database=None):
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.host, "-p", str(self.port), "-U", self.user,
                   "-d", database or self.name]
        return subprocess.run(command, input=sql, text=True, check=True, capture_output=True, timeout=300).stdout

    def load(self, users):
        replies = ", ".join(f"('members', '{name}', ':=', '{value}')" for name, value in GROUP_REPLIES)
        self._psql(f"""
            INSERT INTO radcheck (username, attribute, op, value)
                SELECT 'user' || lpad(n::text, 6, '0'), 'Cleartext-Password', ':=', 'pass' || lpad(n::text, 6, '0')
                FROM generate_series(0, {users - 1}) AS n;
            INSERT INTO radusergroup (username, groupname, priority)
                SELECT 'user' || lpad(n::text, 6, '0'), 'members', 1 FROM generate_series(0, {users - 1}) AS n;
            INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES {replies};
            INSERT INTO nas (nasname, shortname, type, secret) VALUES ('127.0.0.1', 'benchmark', 'other', '{SECRET}');
            VACUUM ANALYZE;
            """)

    def clear_log(self):
        """Each measurement starts from empty accounting, whatever ran before it."""
        self._psql("TRUNCATE radacct, radpostauth; CHECKPOINT;")

    def sessions(self):
        return int(self._psql("SELECT count(*) FROM radacct"))

    def processes(self):
        """The postmaster and its children, whose time is the database's."""
        found = [self.postmaster]
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{entry}/stat") as file:
                    parent = file.read().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if int(parent) == self.postmaster:
                found.append(int(entry))
        return found


class SQLite:
    label = "SQLite"

    def __init__(self, path):
        self.path = path
        self.url = f"sqlite:{path}"

    def _connect(self):
        return sqlite3.connect(self.path, timeout=60)

    def load(self, users):
        connection = self._connect()
        names = [(f"user{number:06d}", f"pass{number:06d}") for number in range(users)]
        with connection:
            connection.executemany(
                "INSERT INTO radcheck (username, attribute, op, value) VALUES (?, 'Cleartext-Password', ':=', ?)", names)
            connection.executemany(
                "INSERT INTO radusergroup (username, groupname, priority) VALUES (?, 'members', 1)", [(name,) for name, _ in names])
            connection.executemany(
                "INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('members', ?, ':=', ?)", GROUP_REPLIES)
            connection.execute(
                "INSERT INTO nas (nasname, shortname, type, secret) VALUES ('127.0.0.1', 'benchmark', 'other', ?)", (SECRET,))
        connection.execute("ANALYZE")
        connection.close()

    def clear_log(self):
        connection = self._connect()
        with connection:
            connection.execute("DELETE FROM radacct")
            connection.execute("DELETE FROM radpostauth")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def sessions(self):
        connection = self._connect()
        count = connection.execute("SELECT count(*) FROM radacct").fetchone()[0]
        connection.close()
        return count

    def processes(self):
        """None: SQLite works inside the server."""
        return []
