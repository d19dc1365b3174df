"""The databases of a run, filled with the same users by SQL."""

import hashlib
import os
import sqlite3
import subprocess
import time
from urllib.parse import urlparse

SECRET = "benchmark-secret"
GROUP_REPLIES = [("Session-Timeout", "3600"), ("Idle-Timeout", "600"), ("Acct-Interim-Interval", "300")]

SLUG = "benchmark"
ORGANIZATION = "00000000-0000-4000-8000-00000000cafe"
ORGANIZATION_TOKEN = "benchmark-organization-token-32ch"
HASHED_PASSWORD = "benchmark-password"
# Of HASHED_PASSWORD, with the parameters of Radian's new passwords.
HASH = "argon2$argon2id$v=19$m=19456,t=2,p=1$YmVuY2htYXJrLXNhbHQxNg$o48NFROWXljOsit0uXoxuUFzjYAgAaKF1EdyPWfidok"


def user_id(number):
    return f"10000000-0000-4000-8000-{number:012d}"


def api_token(number):
    return f"{number:040x}"


class PostgreSQL:
    """A database of its own on the server that .ci/with-postgres started."""

    label = "PostgreSQL"

    def __init__(self, server_url, data_directory, name):
        server = urlparse(server_url)
        self.user, self.host, self.port, self.name = server.username, server.hostname, server.port, name
        self.url = f"postgres://{self.user}@{self.host}:{self.port}/{self.name}"
        with open(os.path.join(data_directory, "postmaster.pid")) as file:
            self.postmaster = int(file.readline())
        self.execute(f"DROP DATABASE IF EXISTS {self.name}", database="postgres")
        self.execute(f"CREATE DATABASE {self.name}", database="postgres")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            if self.execute(f"SHOW {setting}").strip() != "on":
                raise SystemExit(f"PostgreSQL runs with {setting} off: its figures would mean nothing")

    def execute(self, sql, database=None, timeout=600):
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.host, "-p", str(self.port), "-U", self.user,
                   "-d", database or self.name]
        return subprocess.run(command, input=sql, text=True, check=True, capture_output=True, timeout=timeout).stdout

    def load(self, users):
        replies = ", ".join(f"('members', '{name}', ':=', '{value}')" for name, value in GROUP_REPLIES)
        self.execute(f"""
            INSERT INTO radcheck (username, attribute, op, value)
                SELECT 'user' || lpad(n::text, 6, '0'), 'Cleartext-Password', ':=', 'pass' || lpad(n::text, 6, '0')
                FROM generate_series(0, {users - 1}) AS n;
            INSERT INTO radusergroup (username, groupname, priority)
                SELECT 'user' || lpad(n::text, 6, '0'), 'members', 1 FROM generate_series(0, {users - 1}) AS n;
            INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES {replies};
            INSERT INTO nas (nasname, shortname, type, secret) VALUES ('127.0.0.1', 'benchmark', 'other', '{SECRET}');
            VACUUM ANALYZE;
            """)

    def load_history(self, rows, users):
        """Sessions of two hours that have ended, of all users in turn, over the last 90 days. Indexes are made anew behind the rows, which is
        many times faster than one row at a time."""
        self.execute(f"""
            CREATE TEMPORARY TABLE made AS SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
                FROM pg_index WHERE indrelid = 'radacct'::regclass AND NOT indisprimary;
            ALTER TABLE radacct DROP CONSTRAINT radacct_acctuniqueid_key;
            DO $$ DECLARE index record; BEGIN
                FOR index IN SELECT * FROM made LOOP EXECUTE format('DROP INDEX IF EXISTS %s', index.name); END LOOP;
            END $$;
            INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctupdatetime, acctstoptime,
                    acctsessiontime, acctinputoctets, acctoutputoctets, calledstationid, callingstationid, acctterminatecause)
                SELECT 'history-' || n, md5('history-' || n), 'user' || lpad((n % {users})::text, 6, '0'), '127.0.0.1', began,
                    began + interval '2 hours', began + interval '2 hours', 7200, 1000000, 9000000, '', '02-00-00-00-00-01', 'User-Request'
                FROM (SELECT n, now() - interval '90 days' * ((n * 7919) % 1000003) / 1000003 - interval '3 hours' AS began
                      FROM generate_series(1::bigint, {rows}) AS n) AS numbers;
            SET maintenance_work_mem = '1GB';
            DO $$ DECLARE index record; BEGIN
                FOR index IN SELECT * FROM made LOOP EXECUTE index.definition; END LOOP;
            END $$;
            VACUUM ANALYZE radacct;
            """, timeout=36000)

    def load_organization(self):
        now = int(time.time() * 1e6)
        self.execute(f"""
            INSERT INTO radian_organization (id, name, slug, is_active, created, modified)
                VALUES ('{ORGANIZATION}', 'Benchmark', '{SLUG}', 1, {now}, {now});
            INSERT INTO radian_organization_setting (organization_id, name, value) VALUES ('{ORGANIZATION}', 'token', '{ORGANIZATION_TOKEN}');
            """)

    def load_accounts(self, users, hashed):
        """Accounts of the users of `load`, and `hashed` more whose password is an argon2 hash."""
        now = int(time.time() * 1e6)
        self.load_organization()
        self.execute(f"""
            INSERT INTO radcheck (username, attribute, op, value)
                SELECT 'hash' || lpad(n::text, 6, '0'), 'Argon2-Password', ':=', '{HASH}' FROM generate_series(0, {hashed - 1}) AS n;
            INSERT INTO radian_user (id, username, email, created, modified)
                SELECT '10000000-0000-4000-8000-' || lpad(n::text, 12, '0'), name || lpad((n % {users})::text, 6, '0'),
                    name || lpad((n % {users})::text, 6, '0') || '@example.org', {now}, {now}
                FROM (SELECT n, CASE WHEN n < {users} THEN 'user' ELSE 'hash' END AS name
                      FROM generate_series(0, {users + hashed - 1}) AS n) AS numbers;
            INSERT INTO radian_organization_user (organization_id, user_id, id, is_admin, created, modified)
                SELECT '{ORGANIZATION}', id, '2' || substr(id, 2), 0, created, created FROM radian_user;
            INSERT INTO radian_api_token (user_id, token_sha256, generation, value, created)
                SELECT '10000000-0000-4000-8000-' || lpad(n::text, 12, '0'),
                    encode(sha256(lpad(to_hex(n), 40, '0')::bytea), 'hex'), 1, lpad(to_hex(n), 40, '0'), {now}
                FROM generate_series(0, {users + hashed - 1}) AS n;
            VACUUM ANALYZE;
            """)

    def clear_log(self):
        """Each measurement starts from empty accounting, whatever ran before it."""
        self.execute("TRUNCATE radacct, radpostauth; CHECKPOINT;")

    def clear_users(self):
        """Each import starts without users."""
        self.execute("TRUNCATE radian_user, radcheck, radusergroup CASCADE; CHECKPOINT;")

    def count(self, table, condition="true"):
        return int(self.execute(f"SELECT count(*) FROM {table} WHERE {condition}"))

    def processes(self):
        """The postmaster and its children, whose time is the database's."""
        return [self.postmaster] + children(self.postmaster)


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

    def load_organization(self):
        connection, now = self._connect(), int(time.time() * 1e6)
        with connection:
            connection.execute(
                "INSERT INTO radian_organization (id, name, slug, is_active, created, modified) VALUES (?, 'Benchmark', ?, 1, ?, ?)",
                (ORGANIZATION, SLUG, now, now))
            connection.execute(
                "INSERT INTO radian_organization_setting (organization_id, name, value) VALUES (?, 'token', ?)",
                (ORGANIZATION, ORGANIZATION_TOKEN))
        connection.close()

    def load_accounts(self, users, hashed):
        self.load_organization()
        connection, now = self._connect(), int(time.time() * 1e6)
        names = [f"user{number:06d}" for number in range(users)] + [f"hash{number:06d}" for number in range(hashed)]
        with connection:
            connection.executemany(
                "INSERT INTO radcheck (username, attribute, op, value) VALUES (?, 'Argon2-Password', ':=', ?)",
                ((name, HASH) for name in names[users:]))
            connection.executemany(
                "INSERT INTO radian_user (id, username, email, created, modified) VALUES (?, ?, ?, ?, ?)",
                ((user_id(number), name, f"{name}@example.org", now, now) for number, name in enumerate(names)))
            connection.execute(
                "INSERT INTO radian_organization_user (organization_id, user_id, id, is_admin, created, modified) "
                "SELECT ?, id, '2' || substr(id, 2), 0, created, created FROM radian_user", (ORGANIZATION,))
            connection.executemany(
                "INSERT INTO radian_api_token (user_id, token_sha256, generation, value, created) VALUES (?, ?, 1, ?, ?)",
                ((user_id(number), hashlib.sha256(api_token(number).encode()).hexdigest(), api_token(number), now)
                 for number in range(len(names))))
        connection.execute("ANALYZE")
        connection.close()

    def clear_log(self):
        connection = self._connect()
        with connection:
            connection.execute("DELETE FROM radacct")
            connection.execute("DELETE FROM radpostauth")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def clear_users(self):
        connection = self._connect()
        connection.execute("PRAGMA foreign_keys = ON")
        with connection:
            for table in ("radian_user", "radcheck", "radusergroup"):
                connection.execute(f"DELETE FROM {table}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def count(self, table, condition="true"):
        connection = self._connect()
        count = connection.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()[0]
        connection.close()
        return count

    def processes(self):
        """None: SQLite works inside the server."""
        return []


def children(parent):
    """The processes that a process started."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(entry))
    return found
