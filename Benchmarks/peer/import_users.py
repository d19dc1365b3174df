"""Imports a file as `radian import` does: username,password,email,first_name,last_name.

Usage: import_users.py FILE SLUG cleartext|argon2 row|bulk
row: each user validated and saved, all in one transaction, as OpenWISP RADIUS does. bulk: the most that Django can, bulk_create of 500."""

import csv
import itertools
import os
import sys
import time
import uuid

import django
from django.db import transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
CHUNK = 500


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        while chunk := list(itertools.islice(rows, CHUNK)):
            yield chunk


def main(path, slug, scheme, way):
    django.setup()
    from models import Organization

    organization_id = Organization.objects.values_list("id", flat=True).get(slug=slug)
    {"row": import_rows, "bulk": import_bulk}[way](path, organization_id, scheme)


def credential(row, scheme):
    from django.contrib.auth.hashers import make_password

    return ("Argon2-Password", make_password(row["password"])) if scheme == "argon2" else ("Cleartext-Password", row["password"])


def import_rows(path, organization_id, scheme):
    """What OpenWISP's batch does for each row, without its signals and its group: look for the address and the name, validate, save."""
    from django.db.models.functions import Lower

    from models import Check, EmailAddress, Member, Registration, User

    with transaction.atomic():
        for row in itertools.chain.from_iterable(rows_of(path)):
            known = User.objects.alias(address=Lower("email")).filter(address=row["email"].lower())
            if known.exists() or User.objects.filter(username=row["username"]).exists():
                raise SystemExit(f"{row['username']} exists")
            now = time.time_ns() // 1000
            attribute, value = credential(row, scheme)
            user = User(
                id=str(uuid.uuid4()), username=row["username"], email=row["email"], first_name=row["first_name"],
                last_name=row["last_name"], password_updated=now // 86_400_000_000, created=now, modified=now)
            user.full_clean(exclude=["phone_number", "birth_date", "location", "expires_at", "last_login"])
            user.save(force_insert=True)
            EmailAddress.objects.create(user_id=user.id, email=user.email, created=now)
            Check.objects.create(username=user.username, attribute=attribute, op=":=", value=value)
            Registration.objects.create(user_id=user.id, organization_id=organization_id, method="manual", modified=now)
            member = Member(id=str(uuid.uuid4()), organization_id=organization_id, user_id=user.id, created=now, modified=now)
            member.full_clean()
            member.save(force_insert=True)


def import_bulk(path, organization_id, scheme):
    from django.db.models.functions import Lower

    from models import Check, EmailAddress, Member, Registration, User

    for rows in rows_of(path):
        taken = set(User.objects.filter(username__in=[row["username"] for row in rows]).values_list("username", flat=True))
        taken |= set(Check.objects.filter(username__in=[row["username"] for row in rows]).values_list("username", flat=True))
        addresses = [row["email"].lower() for row in rows]
        known = set(User.objects.alias(address=Lower("email")).filter(address__in=addresses).values_list("email", flat=True))
        if taken or known:
            raise SystemExit(f"these exist: {sorted(taken | known)[:5]}")
        credentials = [credential(row, scheme) for row in rows]
        now = time.time_ns() // 1000
        users = [
            User(
                id=str(uuid.uuid4()), username=row["username"], email=row["email"], first_name=row["first_name"],
                last_name=row["last_name"], password_updated=now // 86_400_000_000, created=now, modified=now)
            for row in rows]
        with transaction.atomic():
            User.objects.bulk_create(users)
            EmailAddress.objects.bulk_create([EmailAddress(user_id=user.id, email=user.email, created=now) for user in users])
            Check.objects.bulk_create([
                Check(username=user.username, attribute=attribute, op=":=", value=value)
                for user, (attribute, value) in zip(users, credentials)])
            Member.objects.bulk_create([
                Member(id=str(uuid.uuid4()), organization_id=organization_id, user_id=user.id, created=now, modified=now) for user in users])
            Registration.objects.bulk_create([
                Registration(user_id=user.id, organization_id=organization_id, method="manual", modified=now) for user in users])


if __name__ == "__main__":
    main(*sys.argv[1:])
