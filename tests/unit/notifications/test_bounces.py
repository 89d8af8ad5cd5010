"""Which answers say that an address is dead."""

import pytest

from notifications.mails.bounces import refuses_address


@pytest.mark.parametrize(("code", "message", "dead"), [
    (550, "5.1.1 The email account that you tried to reach does not exist", True),
    (550, "5.1.10 Recipient not found", True),
    (556, "5.1.10 domain accepts no mail", True),
    (550, "5.2.1 mailbox disabled", True),
    (550, "no such user", True),
    (553, "mailbox name not allowed", True),
    (552, "5.2.2 mailbox full", False),
    (552, "mailbox full", False),
    (550, "5.7.1 rejected by policy", False),
    (550, "5.1.8 bad sender's domain", False),
    (554, "refused", False),
])  # fmt: skip
def test_an_address_is_dead_only_where_the_server_says_so(code, message, dead):
    assert refuses_address(code=code, message=message) is dead
