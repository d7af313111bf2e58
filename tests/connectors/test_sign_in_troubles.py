"""What ends a sign-in has a sentence each; what passes by asks nobody to sign in. Provoked over real HTTP."""

from collections import deque

import pytest

from tests.connectors.installation import Installation
from tests.connectors.test_account_troubles import deliver
from tests.sandbox.google.faults import WHOLE

GOOGLE = [
    (
        ("invalid_grant", "reauth related error (invalid_rapt)", "invalid_rapt"),
        "limits how long a Google sign-in lasts",
    ),
    (("invalid_grant", "reauth related error (rapt_required)", "rapt_required"), "limits how long a Google sign-in"),
    (("invalid_grant", "Token has been expired or revoked."), "your password changed"),
    (("admin_policy_enforced", "Access blocked by admin."), "Google administrator"),
]
MICROSOFT = [
    (("invalid_grant", 50173), "password was changed"),
    (("invalid_grant", 700082), "90 days"),
    (("interaction_required", 50076), "second factor"),
    (("invalid_grant", 65001), "no longer has your consent"),
    (("invalid_grant", 70043), "limits how long a sign-in lasts"),
    (("invalid_grant", 900941), "administrator"),
    (("interaction_required", 53003), "rules don't allow"),
]
OPERATOR = [
    (("invalid_request", 50194), "KEEPWARM_MICROSOFT_AUTHORITY"),
    (("invalid_client", 7000218), "public client flows"),
    (("invalid_client", 7000222), "has expired"),
]


@pytest.mark.parametrize(("refusal", "words"), GOOGLE)
def test_google_ends_a_sign_in(installation: Installation, refusal: tuple[str, ...], words: str) -> None:
    installation.connect("gmail")
    installation.google.authorization.end_access_tokens()
    installation.google.authorization.refusal = refusal
    installation.sync()
    state, trouble = installation.account_state("gmail")
    assert state == "needs_person"
    assert words in str(trouble)
    installation.google.authorization.refusal = ()
    name = deliver(installation, "gmail", "one")
    installation.connect("gmail")
    installation.sync()
    assert name in installation.mails()


@pytest.mark.parametrize(("refusal", "words"), MICROSOFT)
def test_microsoft_ends_a_sign_in(installation: Installation, refusal: tuple[str, int], words: str) -> None:
    installation.connect("outlook")
    installation.microsoft.entra.expire_tokens()
    installation.microsoft.entra.refusal = refusal
    installation.sync()
    state, trouble = installation.account_state("outlook")
    assert state == "needs_person"
    assert words in str(trouble)


@pytest.mark.parametrize(("refusal", "words"), OPERATOR)
def test_an_application_that_is_set_up_wrongly(
    installation: Installation, refusal: tuple[str, int], words: str
) -> None:
    installation.connect("outlook")
    installation.microsoft.entra.expire_tokens()
    installation.microsoft.entra.refusal = refusal
    standing = installation.sync()
    assert any(not stream.finished and words in str(stream.trouble) for stream in standing)


@pytest.mark.parametrize("fault", ["500", "not JSON", "broken JSON", "401"])
def test_google_stumbles(installation: Installation, fault: str) -> None:
    installation.connect("gmail")
    for turn, times in enumerate((1, 2)):
        name = deliver(installation, "gmail", f"m{turn}")
        installation.google.faults.then(*[WHOLE[fault]] * times)
        standing = installation.sync()
        assert all(stream.finished for stream in standing), standing
        assert installation.account_state("gmail") == ("active", None)
        assert name in installation.mails()


@pytest.mark.parametrize("fault", ["503 bare", "nonsense", "cut off", "401"])
def test_microsoft_stumbles(installation: Installation, fault: str) -> None:
    installation.connect("outlook")
    for turn, times in enumerate((1, 2)):
        name = deliver(installation, "outlook", f"m{turn}")
        installation.microsoft.mailbox.faults.script = deque(["pass"] * turn + [fault] * times)
        standing = installation.sync()
        assert all(stream.finished for stream in standing), standing
        assert installation.account_state("outlook") == ("active", None)
        assert name in installation.mails()


def test_an_answer_of_another_shape_is_asked_for_once_more(installation: Installation) -> None:
    installation.connect("outlook")
    name = deliver(installation, "outlook", "one")
    installation.microsoft.mailbox.faults.script = deque(["pass"] * 3 + ["odd"])
    assert all(stream.finished for stream in installation.sync())
    assert name in installation.mails()
