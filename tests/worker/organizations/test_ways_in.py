"""Other ways in for an administrator: directories and groups, keys of their own, and fences of the provider's."""

from pathlib import Path

import pytest

from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.google.workspace import SERVICE_ACCOUNT
from tests.sandbox.microsoft.grants import TENANT_ID
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.cli.test_sign_in import settings
from tests.worker.organizations.firm import (
    BOSS,
    EVERYBODY,
    FIRM,
    WAY,
    allow_list,
    at_google,
    at_microsoft,
    microsoft_settings,
    nothing_of,
    read,
    states,
)

pytestmark = pytest.mark.usefixtures("post")  # every notice goes there


def test_the_directory_and_a_group_page_by_page(google: GoogleSandbox, tmp_path: Path) -> None:
    keepwarm, how = Keepwarm(tmp_path / "home"), {**settings(google), **WAY}
    users, members = (
        f"https://www.googleapis.com/auth/admin.directory.{one}.readonly" for one in ("user", "group.member")
    )
    assert "can take up to 24 hours" in at_google(keepwarm, google, tmp_path, "--everyone").err
    google.workspace.delegated |= {users, members}
    google.workspace.groups["sales@firm.example"] = EVERYBODY[:2]
    assert "no such group" in at_google(keepwarm, google, tmp_path, "--group", "none@firm.example").err
    assert at_google(keepwarm, google, tmp_path, "--group", "sales@firm.example").code == 0
    assert states(keepwarm) == dict.fromkeys(EVERYBODY[:2], "active")
    # a joiner is told and read; an empty answer makes nobody leave
    google.workspace.groups["sales@firm.example"] = EVERYBODY[:3]
    assert keepwarm("organisation", "refresh", FIRM, **how).code == 0
    assert len(states(keepwarm)) == 3
    google.workspace.groups["sales@firm.example"] = []
    found = keepwarm("organisation", "refresh", FIRM, **how)
    assert found.code == 1
    assert "names nobody" in found.err
    assert set(states(keepwarm).values()) == {"active"}
    assert "names nobody" in keepwarm("doctor", **how).out


def test_without_a_key_file_iam_signs(google: GoogleSandbox, tmp_path: Path) -> None:
    keepwarm = Keepwarm(tmp_path / "home")
    cloud = tmp_path / "adc.json"
    cloud.write_text(google.workspace.key_file())
    how = {**settings(google), **WAY, "GOOGLE_APPLICATION_CREDENTIALS": str(cloud)}
    words = ("organisation", "connect", "google", "--service-account", SERVICE_ACCOUNT, "--admin", BOSS)
    listed = ("--allow", allow_list(tmp_path, EVERYBODY[:1]))
    google.workspace.signers.clear()
    denied = keepwarm(*words, *listed, **how)
    assert denied.code == 3
    assert "Token Creator" in denied.err
    google.workspace.signers.add(SERVICE_ACCOUNT)
    assert keepwarm(*words, *listed, **how).code == 0
    assert read(keepwarm, EVERYBODY[0], how)
    nothing_of(keepwarm.home, "PRIVATE KEY")
    assert google.requests["v1"] > 0


def test_a_fence_of_microsofts_own_and_the_two_that_add_up(microsoft: MicrosoftSandbox, tmp_path: Path) -> None:
    keepwarm, how, tenant = Keepwarm(tmp_path / "home"), microsoft_settings(microsoft), microsoft.entra.tenant
    listed = ("--allow", allow_list(tmp_path, EVERYBODY[:2]))
    tenant.roles.clear()
    assert "more than an hour" in at_microsoft(keepwarm, microsoft, tmp_path, *listed).err
    tenant.fence |= {EVERYBODY[0]}
    assert at_microsoft(keepwarm, microsoft, tmp_path, *listed).code == 0
    assert states(keepwarm) == {EVERYBODY[0]: "active", EVERYBODY[1]: "skipped"}
    assert read(keepwarm, EVERYBODY[0], how)
    assert "the two add up" not in keepwarm("doctor", **how).out
    tenant.roles.add("Mail.ReadBasic.All")
    from connectors.outlook import app_only

    app_only._SHARED.clear()  # another process
    assert keepwarm("organisation", "refresh", TENANT_ID, **how).code == 0
    assert "the two add up" in " ".join(keepwarm("doctor", **how).out.split())
    # a secret that has expired is said, and stops nobody's no
    tenant.secret = "another"
    app_only._SHARED.clear()
    assert "wrong or has expired" in keepwarm("organisation", "refresh", TENANT_ID, **how).err
    assert keepwarm("organisation", "leave", EVERYBODY[0], "--yes", **how).code == 0
    assert states(keepwarm)[EVERYBODY[0]] == "opted out"


def test_a_certificate_instead_of_a_secret_and_the_tenants_groups(microsoft: MicrosoftSandbox, tmp_path: Path) -> None:
    keepwarm = Keepwarm(tmp_path / "home")
    how = microsoft_settings(microsoft) | {"KEEPWARM_MICROSOFT_CLIENT_SECRET": ""}
    pem = tmp_path / "app.pem"
    pem.write_text(_certificate())
    microsoft.entra.tenant.certificate = pem.read_text()[pem.read_text().index("-----BEGIN CERT") :]
    words = ("organisation", "connect", "microsoft", "--tenant", TENANT_ID, "--admin", BOSS, "--certificate", pem)
    denied = keepwarm(*words, "--group", "sales", **how)
    assert "User.Read.All" in denied.err
    microsoft.entra.tenant.roles.add("User.Read.All")
    microsoft.entra.tenant.guests.append("guest@other.example")
    microsoft.entra.tenant.groups["sales"] = EVERYBODY[:1]
    assert keepwarm(*words, "--group", "sales", **how).code == 0
    assert states(keepwarm) == {EVERYBODY[0]: "active"}
    half = tmp_path / "half.pem"
    half.write_text("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----")
    assert "both in PEM" in keepwarm(*words[:-1], half, "--everyone", **how).err


def _certificate() -> str:
    from datetime import UTC, datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "keepwarm")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return pem + made.public_bytes(serialization.Encoding.PEM).decode()
