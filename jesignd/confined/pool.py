"""Pool: the parent's side; a few warm children, each doing one call at a time."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from jesignd.confined import wire
from jesignd.confined.contract import Crashed, Limits

Result = TypeVar("Result")
Services = Mapping[str, Callable[[bytes], bytes]]

CALLS_PER_CHILD = 2000
"""After so many calls a child is replaced: what foreign files leaked in it goes with it."""
START_SECONDS = 60.0
_ENVIRONMENT = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_ALL", "TZ", "TMPDIR", "OPENBLAS_CORETYPE")
"""What a child may know of our environment; secrets are handed over in the others."""


class Pool:
    """Up to `workers` confined children, started when first needed. Safe to call from several threads."""

    def __init__(self, *, workers: int = 2, limits: Limits | None = None, warm: Sequence[str] = ()) -> None:
        self._limits = limits or Limits()
        self._warm = tuple(warm)
        self._idle: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        self._all: set[_Child] = set()
        self._lock = threading.Lock()
        self._closed = False
        for _ in range(workers):
            self._idle.put(None)

    def run(self, function: Callable[..., Result], /, *arguments: Any, services: Services | None = None) -> Result:
        """Call a module-level function in a child and return what it returned.

        Raises:
            JesignError: raised by the function, or by a service it asked for.
            Crashed: the child hung, died, ran out of memory, raised something else or answered garbage.
        """
        call = _Call(function, arguments, services or {}, self._limits)
        child = self._idle.get()
        try:
            if child is None or child.worn_out:
                self._discard(child)
                child = self._start()
            answer = child.do(call)
        except BaseException:
            self._discard(child)
            child = None
            raise
        finally:
            self._idle.put(child)
        return call.result(answer)  # type: ignore[no-any-return]

    def warm_up(self) -> None:
        """Start every child now, so that the first document does not pay for it."""
        waiting = [self._idle.get() for _ in range(self._idle.qsize())]
        for child in waiting:
            self._idle.put(child or self._start())

    def close(self) -> None:
        """End every child; calls in hand fail as `Crashed`."""
        with self._lock:
            self._closed = True
            children = list(self._all)
        for child in children:
            self._discard(child)

    def _start(self) -> _Child:
        child = _Child(self._limits, self._warm)
        with self._lock:
            if self._closed:
                child.kill()
                raise Crashed("killed", "the pool is closed")
            self._all.add(child)
        child.greet()
        return child

    def _discard(self, child: _Child | None) -> None:
        if child is not None:
            child.kill()
            with self._lock:
                self._all.discard(child)


class _Call:
    """One call on its way: what is sent, what may be asked meanwhile, what comes back."""

    def __init__(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], services: Services, limits: Limits
    ) -> None:
        self.signature = wire.signature_of(function)
        self.services = services
        self.seconds = limits.wall_seconds
        self.message = {
            "function": f"{function.__module__}:{function.__qualname__}",
            "arguments": self.signature.dump_arguments(arguments),
            "cpu_seconds": limits.cpu_seconds,
        }

    def result(self, answer: dict[str, Any]) -> Any:
        if "result" in answer:
            try:
                return self.signature.load_result(answer["result"])
            except ValidationError as error:
                raise Crashed("garbled", f"{error.error_count()} faults in the answer") from error
        if "error" in answer:
            try:
                raised = wire.load_error(answer["error"])
            except (ValueError, KeyError, TypeError) as error:
                raise Crashed("garbled", "an error that is none of ours") from error
            raise raised
        crash = answer.get("crash")
        if isinstance(crash, dict):
            raise Crashed(str(crash.get("reason")), str(crash.get("detail")))
        raise Crashed("garbled", "neither result nor error")


class _Child:
    """One process and the socket to it."""

    def __init__(self, limits: Limits, warm: tuple[str, ...]) -> None:
        ours, theirs = socket.socketpair()
        theirs.set_inheritable(True)
        self._socket = ours
        self._calls = 0
        self._start = {
            "warm": list(warm),
            "limits": {
                "memory_bytes": limits.memory_bytes,
                "cpu_seconds": limits.cpu_seconds,
                "wall_seconds": limits.wall_seconds,
                "file_bytes": limits.file_bytes,
            },
        }
        self._process = _spawn(theirs.fileno())
        theirs.close()

    @property
    def worn_out(self) -> bool:
        return self._calls >= CALLS_PER_CHILD or self._process.poll() is not None

    def greet(self) -> None:
        """Wait until the child has imported what is warm and given up its rights."""
        self._socket.settimeout(START_SECONDS)
        try:
            wire.send(self._socket, self._start)
            wire.receive(self._socket)
        except (wire.Closed, TimeoutError, ValueError) as error:
            raise Crashed("killed", "the child did not start") from error

    def do(self, call: _Call) -> dict[str, Any]:
        """Send the call, serve what it asks for, and return its answer; on any failure the child must be discarded."""
        self._calls += 1
        deadline = time.monotonic() + call.seconds
        failed: Exception | None = None
        try:
            wire.send(self._socket, call.message)
            while True:
                answer = self._next(deadline)
                if "ask" not in answer:
                    break
                began = time.monotonic()
                failed = self._serve(answer, call.services)
                deadline += time.monotonic() - began
        except wire.Closed as error:
            raise Crashed(*self._obituary()) from error
        except TimeoutError as error:
            raise Crashed("time", f"no answer in {call.seconds:g} s") from error
        except (ValueError, KeyError, TypeError) as error:
            raise Crashed("garbled", "not a frame of ours") from error
        if failed is not None:
            raise failed
        return answer

    def _next(self, deadline: float) -> dict[str, Any]:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._socket.settimeout(remaining)
        return wire.receive(self._socket)

    def _serve(self, question: dict[str, Any], services: Services) -> Exception | None:
        """Do what the child asks; a failure is kept for our own caller, the child only learns that there was one."""
        service = services.get(str(question["ask"]))
        try:
            if service is None:
                raise ValueError("a service that was not offered")
            answer = service(wire.unpack(question["payload"]))
        except Exception as error:  # noqa: BLE001  # raised again, whatever it is, once the child has answered
            wire.send(self._socket, {"failed": True})
            return error
        wire.send(self._socket, {"answer": wire.pack(answer)})
        return None

    def _obituary(self) -> tuple[str, str]:
        try:
            status = self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return "died", "closed its end"
        if status == -signal.SIGXCPU:
            return "time", "CPU limit"
        if status == -signal.SIGKILL:
            return "killed", "SIGKILL"
        return "died", f"status {status}"

    def kill(self) -> None:
        """End the process and whatever it left in its group; returns when it is gone."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            self._process.kill()
        self._process.wait()
        self._socket.close()


def _spawn(wire_descriptor: int) -> subprocess.Popen[bytes]:
    """Start a fresh interpreter with the wire on descriptor 3 and nothing else of ours."""
    program = (
        f"import os; os.dup2({wire_descriptor}, 3); os.closerange(4, 65536); "
        "from jesignd.confined.child import main; main()"
    )
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(wire_descriptor,),
        env=environment,
        start_new_session=True,
    )
