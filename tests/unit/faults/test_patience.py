"""Asking servers that have just come back."""

import pytest
from aiokafka.errors import CoordinatorLoadInProgressError

from semaine.faults.patience import patiently


async def test_a_server_that_refuses_once_more_is_asked_again():
    refusals = [CoordinatorLoadInProgressError()]

    async def ask():
        if refusals:
            raise refusals.pop()
        return "figures"

    assert await patiently(ask, seconds=60) == "figures"


async def test_what_goes_on_refusing_is_told():
    async def ask():
        raise CoordinatorLoadInProgressError

    with pytest.raises(CoordinatorLoadInProgressError):
        await patiently(ask, seconds=0)


async def test_a_mistake_of_the_judge_is_no_refusal():
    async def ask():
        raise KeyError

    with pytest.raises(KeyError):
        await patiently(ask, seconds=60)
