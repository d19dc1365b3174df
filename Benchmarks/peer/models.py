"""Radian's and FreeRADIUS's tables as they are. Times of the tables radian_* are microseconds since 1970."""

from django.db import models


class Table(models.Model):
    class Meta:
        abstract = True
        app_label = "peer"
        managed = False


class Organization(Table):
    id = models.CharField(primary_key=True, max_length=36)
    slug = models.CharField(max_length=64)
    is_active = models.SmallIntegerField()

    class Meta(Table.Meta):
        db_table = "radian_organization"


class Setting(Table):
    pk = models.CompositePrimaryKey("organization_id", "name")
    organization_id = models.CharField(max_length=36)
    name = models.CharField(max_length=64)
    value = models.TextField()

    class Meta(Table.Meta):
        db_table = "radian_organization_setting"


class User(Table):
    id = models.CharField(primary_key=True, max_length=36)
    username = models.CharField(max_length=253)
    email = models.CharField(max_length=254, null=True)
    phone_number = models.CharField(max_length=16, null=True)
    first_name = models.CharField(max_length=150, default="")
    last_name = models.CharField(max_length=150, default="")
    birth_date = models.CharField(max_length=10, null=True)
    location = models.CharField(max_length=256, default="")
    is_active = models.SmallIntegerField(default=1)
    is_superuser = models.SmallIntegerField(default=0)
    expires_at = models.BigIntegerField(null=True)
    last_login = models.BigIntegerField(null=True)
    password_updated = models.BigIntegerField(null=True)
    created = models.BigIntegerField()
    modified = models.BigIntegerField()

    class Meta(Table.Meta):
        db_table = "radian_user"


class EmailAddress(Table):
    id = models.BigAutoField(primary_key=True)
    user_id = models.CharField(max_length=36)
    email = models.CharField(max_length=254)
    is_verified = models.SmallIntegerField(default=0)
    is_primary = models.SmallIntegerField(default=1)
    created = models.BigIntegerField()

    class Meta(Table.Meta):
        db_table = "radian_email_address"


class Member(Table):
    id = models.CharField(primary_key=True, max_length=36)
    organization_id = models.CharField(max_length=36)
    user = models.ForeignKey(User, models.DO_NOTHING, related_name="memberships")
    is_admin = models.SmallIntegerField(default=0)
    created = models.BigIntegerField()
    modified = models.BigIntegerField()

    class Meta(Table.Meta):
        db_table = "radian_organization_user"


class Registration(Table):
    pk = models.CompositePrimaryKey("user_id", "organization_id")
    user_id = models.CharField(max_length=36)
    organization_id = models.CharField(max_length=36)
    method = models.CharField(max_length=64, default="")
    is_verified = models.SmallIntegerField(default=0)
    modified = models.BigIntegerField()

    class Meta(Table.Meta):
        db_table = "radian_registered_user"


class APIToken(Table):
    user = models.OneToOneField(User, models.DO_NOTHING, primary_key=True)
    token_sha256 = models.CharField(max_length=64)
    value = models.CharField(max_length=64, null=True)

    class Meta(Table.Meta):
        db_table = "radian_api_token"


class RADIUSToken(Table):
    user_id = models.CharField(primary_key=True, max_length=36)
    key = models.CharField(max_length=40)
    organization_id = models.CharField(max_length=36)
    can_auth = models.SmallIntegerField()
    password_based = models.SmallIntegerField(null=True)
    created = models.BigIntegerField()

    class Meta(Table.Meta):
        db_table = "radian_radius_token"


class Check(Table):
    username = models.TextField()
    attribute = models.TextField()
    op = models.CharField(max_length=2)
    value = models.TextField()

    class Meta(Table.Meta):
        db_table = "radcheck"


class UserGroup(Table):
    username = models.TextField()
    groupname = models.TextField()
    priority = models.IntegerField()
    organization_id = models.CharField(max_length=36, null=True)

    class Meta(Table.Meta):
        db_table = "radusergroup"


class GroupCheck(Table):
    groupname = models.TextField()
    attribute = models.TextField()
    op = models.CharField(max_length=2)
    value = models.TextField()

    class Meta(Table.Meta):
        db_table = "radgroupcheck"


class GroupReply(Table):
    groupname = models.TextField()
    attribute = models.TextField()
    op = models.CharField(max_length=2)
    value = models.TextField()

    class Meta(Table.Meta):
        db_table = "radgroupreply"


class Session(Table):
    radacctid = models.BigAutoField(primary_key=True)
    session_id = models.TextField(db_column="acctsessionid")
    unique_id = models.TextField(db_column="acctuniqueid")
    username = models.TextField(null=True)
    groupname = models.TextField(null=True)
    organization_id = models.CharField(max_length=36, null=True)
    nas_ip_address = models.GenericIPAddressField(db_column="nasipaddress")
    nas_port_type = models.TextField(db_column="nasporttype", null=True)
    start_time = models.DateTimeField(db_column="acctstarttime", null=True)
    update_time = models.DateTimeField(db_column="acctupdatetime", null=True)
    stop_time = models.DateTimeField(db_column="acctstoptime", null=True)
    session_time = models.BigIntegerField(db_column="acctsessiontime", null=True)
    input_octets = models.BigIntegerField(db_column="acctinputoctets", null=True)
    output_octets = models.BigIntegerField(db_column="acctoutputoctets", null=True)
    called_station_id = models.TextField(db_column="calledstationid", null=True)
    calling_station_id = models.TextField(db_column="callingstationid", null=True)
    terminate_cause = models.TextField(db_column="acctterminatecause", null=True)
    framed_ip_address = models.GenericIPAddressField(db_column="framedipaddress", null=True)

    class Meta(Table.Meta):
        db_table = "radacct"
