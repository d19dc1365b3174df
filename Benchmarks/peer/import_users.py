"""Imports a file as `radian import` does: username,password,email,first_name,last_name. Usage: import_users.py FILE SLUG cleartext|argon2"""

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


def main(path, slug, scheme):
    django.setup()
    from django.contrib.auth.hashers import make_password
    from django.db.models.functions import Lower

    from models import Check, EmailAddress, Member, Organization, Registration, User

    organization_id = Organization.objects.values_list("id", flat=True).get(slug=slug)
    for rows in rows_of(path):
        taken = set(User.objects.filter(username__in=[row["username"] for row in rows]).values_list("username", flat=True))
        taken |= set(Check.objects.filter(username__in=[row["username"] for row in rows]).values_list("username", flat=True))
        addresses = [row["email"].lower() for row in rows]
        known = set(User.objects.alias(address=Lower("email")).filter(address__in=addresses).values_list("email", flat=True))
        if taken or known:
            raise SystemExit(f"these exist: {sorted(taken | known)[:5]}")
        if scheme == "argon2":
            credentials = [("Argon2-Password", make_password(row["password"])) for row in rows]
        else:
            credentials = [("Cleartext-Password", row["password"]) for row in rows]
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
