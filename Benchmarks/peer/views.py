"""The four routes in Django REST framework, minimal: what the contract asks of the measured requests, with the fewest statements."""

import hashlib
import time

from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.http import Http404
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from models import (
    APIToken, Check, GroupCheck, GroupReply, Member, Organization, RADIUSToken, Registration, Session, Setting, User, UserGroup)

# Organizations and their settings change seldom; the process remembers them.
_tokens, _organizations = {}, {}


def now():
    return time.time_ns() // 1000


def organization_of(request):
    """The organization that FreeRADIUS's credentials name."""
    words = request.headers.get("Authorization", "").split(" ")
    if len(words) < 3:
        raise PermissionDenied()
    identifier = words[1]
    if identifier not in _tokens:
        _tokens[identifier] = dict(Setting.objects.filter(organization_id=identifier).values_list("name", "value"))
    settings = _tokens[identifier]
    if not constant_time_compare(settings.get("token", ""), words[2]) or request.META["REMOTE_ADDR"] != "127.0.0.1":
        raise PermissionDenied()
    return identifier


def organization_named(slug):
    if slug not in _organizations:
        _organizations[slug] = Organization.objects.filter(slug=slug, is_active=1).values_list("id", flat=True).first()
    if _organizations[slug] is None:
        raise Http404
    return _organizations[slug]


def users_matching(identifier):
    """By user name, e-mail address or telephone number; all three have an index that this uses."""
    return User.objects.alias(address=Lower("email")).filter(
        Q(username=identifier) | Q(address=identifier.lower()) | Q(phone_number=identifier))


def is_password(user, password):
    for attribute, value in Check.objects.filter(username=user.username, attribute__endswith="-Password").values_list("attribute", "value"):
        if attribute == "Cleartext-Password":
            if constant_time_compare(value, password):
                return True
        elif check_password(password, value):
            return True
    return False


class AuthorizeForm(serializers.Serializer):
    username = serializers.CharField(max_length=253)
    password = serializers.CharField()
    called_station_id = serializers.CharField(max_length=253, required=False, allow_blank=True, allow_null=True)
    calling_station_id = serializers.CharField(max_length=253, required=False, allow_blank=True, allow_null=True)


class Authorize(APIView):
    def post(self, request):
        organization_id = organization_of(request)
        form = AuthorizeForm(data=request.data)
        form.is_valid(raise_exception=True)
        membership = Member.objects.filter(user=OuterRef("pk"), organization_id=organization_id)
        user = users_matching(form.validated_data["username"]).filter(Exists(membership), is_active=1).first()
        if user is None or not is_password(user, form.validated_data["password"]):
            return Response({"control:Auth-Type": "Reject"}, status=401)
        answer = {"control:Auth-Type": "Accept"}
        group = (
            UserGroup.objects.filter(Q(organization_id=organization_id) | Q(organization_id=None), username=user.username)
            .order_by("priority", "id").values_list("groupname", flat=True).first())
        if group is not None:
            for name, op, value in GroupReply.objects.filter(groupname=group).order_by("id").values_list("attribute", "op", "value"):
                answer[name] = {"op": op, "value": value}
            # The measured group has no limits; with some, each would take another statement over radacct.
            if GroupCheck.objects.filter(groupname=group).exists():
                raise NotImplementedError("limits of groups")
        return Response(answer)


class AccountingForm(serializers.Serializer):
    status_type = serializers.ChoiceField(["Start", "Interim-Update", "Stop"])
    session_id = serializers.CharField(max_length=64)
    unique_id = serializers.CharField(max_length=32)
    nas_ip_address = serializers.IPAddressField()
    username = serializers.CharField(max_length=253, required=False)
    nas_port_type = serializers.CharField(max_length=32, required=False)
    session_time = serializers.IntegerField(required=False)
    input_octets = serializers.IntegerField(required=False)
    output_octets = serializers.IntegerField(required=False)
    called_station_id = serializers.CharField(max_length=253, required=False)
    calling_station_id = serializers.CharField(max_length=253, required=False)
    terminate_cause = serializers.CharField(max_length=32, required=False)
    framed_ip_address = serializers.IPAddressField(required=False)


class Accounting(APIView):
    def post(self, request):
        organization_id = organization_of(request)
        # rlm_rest sends what the NAS left out as empty texts.
        form = AccountingForm(data={name: value for name, value in request.data.items() if value != ""})
        form.is_valid(raise_exception=True)
        fields = dict(form.validated_data)
        kind, moment = fields.pop("status_type"), timezone.now()
        fields["update_time"] = moment
        if kind == "Stop":
            fields["stop_time"] = moment
        try:
            with transaction.atomic():
                is_new = self.write(kind, fields, organization_id, moment)
        except IntegrityError:
            # Another record of the session was faster; the contract lets this one go.
            is_new = False
        return Response(status=201 if is_new else 200)

    def write(self, kind, fields, organization_id, moment):
        known = Session.objects.filter(unique_id=fields["unique_id"], organization_id=organization_id).first()
        if known is None:
            self.create(fields, organization_id, moment)
        else:
            if kind == "Interim-Update":
                fields |= {"stop_time": None, "terminate_cause": ""}
            for name, value in fields.items():
                setattr(known, name, value)
            known.save(update_fields=list(fields))
        if kind == "Stop" and fields.get("username"):
            user = User.objects.filter(username=fields["username"]).values("id")
            RADIUSToken.objects.filter(user_id__in=user).update(can_auth=0)
        return known is None

    def create(self, fields, organization_id, moment):
        username, station = fields.get("username"), fields.get("calling_station_id")
        group = (
            UserGroup.objects.filter(Q(organization_id=organization_id) | Q(organization_id=None), username=username)
            .order_by("priority", "id").values_list("groupname", flat=True).first())
        Session.objects.create(organization_id=organization_id, groupname=group, start_time=moment, **fields)
        if fields.get("called_station_id"):
            others = Session.objects.filter(username=username, calling_station_id=station, stop_time=None)
            others.exclude(unique_id=fields["unique_id"]).update(stop_time=moment, terminate_cause="Session-Timeout")


def let_in(user, organization_id, is_password_based=None):
    """What login and validation have in common: last login, a new RADIUS user token, the user object."""
    moment = now()
    User.objects.filter(pk=user.pk).update(last_login=moment)
    is_member = Member.objects.filter(user=user, organization_id=organization_id).exists()
    key = None
    if is_member and user.is_active:
        key = get_random_string(40)
        values = {"key": key, "organization_id": organization_id, "can_auth": 1, "created": moment}
        if is_password_based is not None:
            values["password_based"] = int(is_password_based)
        if not RADIUSToken.objects.filter(user_id=user.pk).update(**values):
            RADIUSToken.objects.create(user_id=user.pk, **values)
    registration = Registration.objects.filter(user_id=user.pk, organization_id=organization_id).first()
    return {
        "username": user.username, "email": user.email, "phone_number": user.phone_number, "first_name": user.first_name,
        "last_name": user.last_name, "birth_date": user.birth_date, "location": user.location, "is_active": bool(user.is_active),
        "is_verified": bool(registration.is_verified) if registration else None, "method": registration.method if registration else None,
        "password_expired": False, "radius_user_token": key,
    }


class LoginForm(serializers.Serializer):
    username = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=4096, trim_whitespace=False)


class Login(APIView):
    def post(self, request, slug):
        organization_id = organization_named(slug)
        form = LoginForm(data=request.data)
        form.is_valid(raise_exception=True)
        # The hash is computed before the transaction.
        user = next(
            (user for user in users_matching(form.validated_data["username"]) if is_password(user, form.validated_data["password"])), None)
        if user is None:
            raise ValidationError({"non_field_errors": ["Unable to log in with provided credentials."]})
        with transaction.atomic():
            token = APIToken.objects.filter(user=user).values_list("value", flat=True).first()
            answer = let_in(user, organization_id, is_password_based=True)
        return Response(answer | {"key": token})


class ValidationForm(serializers.Serializer):
    token = serializers.CharField(max_length=4096)


class Validate(APIView):
    def post(self, request, slug):
        organization_id = organization_named(slug)
        form = ValidationForm(data=request.data)
        form.is_valid(raise_exception=True)
        token = form.validated_data["token"]
        with transaction.atomic():
            found = APIToken.objects.select_related("user").filter(token_sha256=hashlib.sha256(token.encode()).hexdigest()).first()
            if found is None:
                return Response({"response_code": "BLANK_OR_INVALID_TOKEN"}, status=401)
            answer = let_in(found.user, organization_id)
        return Response(answer | {"auth_token": token, "response_code": "AUTH_TOKEN_VALIDATION_SUCCESSFUL"})
