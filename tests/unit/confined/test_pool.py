from __future__ import annotations

import os
import time
from pathlib import Path

import confined_calls as calls
import pytest

from jesignd.confined import Crashed, Limits, Pool
from jesignd.errors import Code, DocumentError, ServiceError, Words


@pytest.fixture(scope="module")
def pool():
    os.environ["JESIGND_CANARY"] = "secret"
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    pool = Pool(workers=1, limits=Limits(cpu_seconds=2, wall_seconds=3))
    yield pool
    pool.close()
    del os.environ["JESIGND_CANARY"]


def test_arguments_and_results_travel_as_their_types(pool):
    parcel = calls.Parcel("é", b"\x00\xff", Path("/a/b"))

    assert pool.run(calls.echo, parcel, 2) == (parcel, parcel)


def test_an_error_of_ours_comes_back_as_itself(pool):
    with pytest.raises(DocumentError) as caught:
        pool.run(calls.refuse)

    assert (caught.value.code, caught.value.message.fr) == (Code.ENCRYPTED, "protégé")
    assert caught.value.hint == Words("imprimez-le", "print it")


def test_any_other_exception_is_named_without_its_contents(pool):
    with pytest.raises(Crashed) as caught:
        pool.run(calls.raise_something)

    assert caught.value.reason == "exception"
    assert "KeyError" in caught.value.detail
    assert "customer" not in caught.value.detail


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (calls.loop, "time"),
        (calls.sleep, "time"),
        (calls.eat, "memory"),
        (calls.exit_silently, "died"),
        (calls.crash, "died"),
        (calls.be_killed, "killed"),
    ],
)
def test_a_child_that_misbehaves_costs_only_its_own_call(pool, function, reason):
    began = time.monotonic()

    with pytest.raises(Crashed) as caught:
        pool.run(function)

    assert caught.value.reason == reason
    assert time.monotonic() - began < 6
    assert pool.run(calls.process) > 0


def test_an_answer_of_another_type_is_garbled(pool):
    with pytest.raises(Crashed, match="garbled"):
        pool.run(calls.lie)


@pytest.mark.parametrize("function", [calls.connect, calls.fork, calls.kill_parent])
def test_a_child_may_not_reach_the_network_nor_other_processes(pool, function):
    assert pool.run(function) == "refused"


def test_a_child_does_not_see_our_environment(pool):
    assert "JESIGND_CANARY" not in pool.run(calls.environment)


def test_confined_code_has_things_done_by_the_parent(pool):
    assert pool.run(calls.double, b"\x01\x02", services={"twice": lambda payload: payload * 2}) == b"\x01\x02\x01\x02"


def test_the_failure_of_a_service_reaches_the_caller_as_it_was(pool):
    def fail(_: bytes) -> bytes:
        raise ServiceError(Words("horodatage injoignable", "time-stamping unreachable"))

    with pytest.raises(ServiceError, match="unreachable"):
        pool.run(calls.double, b"", services={"twice": fail})


def test_a_service_that_was_not_offered_is_refused(pool):
    with pytest.raises(ValueError, match="not offered"):
        pool.run(calls.double, b"")


def test_a_good_child_is_kept(pool):
    assert pool.run(calls.process) == pool.run(calls.process)


def test_a_closed_pool_runs_nothing():
    pool = Pool(workers=1)
    pool.close()

    with pytest.raises(Crashed):
        pool.run(calls.process)
