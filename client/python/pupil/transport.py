"""Requests to a Pupil server: tokens, errors as exceptions, and trying again where that can help."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, BinaryIO, Callable, Mapping, Union

#: An argument that is left out, where None would mean something.
OMIT: Any = object()

#: Longest that a refused request waits before it is sent again, s.
PATIENCE = 60.0
TRIES = 8
Body = Union[bytes, BinaryIO, "Counted", None]


class PupilError(Exception):
    """What a server refused or could not do: a code to branch on and a sentence that says what to do."""

    def __init__(self, code: str, message: str, status: int = 0, request_id: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        #: HTTP status; 0 where no answer came.
        self.status = status
        #: For the operator, where the fault is the server's.
        self.request_id = request_id

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"


class _Stay(urllib.request.HTTPRedirectHandler):
    """The token goes to the server that it was made for, and nowhere that a proxy points at."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_open = urllib.request.build_opener(_Stay).open


class Transport:
    def __init__(self, url: str, token: str, timeout: float = 60.0) -> None:
        self.url = url.rstrip("/")
        self.token = token
        self.timeout = timeout

    def query(self, path: str, given: Mapping[str, Any]) -> Any:
        wanted = {"input": json.dumps({"json": _present(given)})}
        for turn in range(TRIES):
            try:
                with self.send("GET", f"/api/trpc/{path}", wanted, again=True) as answer:
                    return _result(answer)
            except (OSError, http.client.HTTPException, ValueError) as lost:
                # The answer had begun and broke off.
                if turn == TRIES - 1:
                    raise PupilError("NO_ANSWER", f"{self.url} broke off its answer: {lost}.") from lost
                time.sleep(min(10.0, 0.5 * 2**turn))
        raise AssertionError("a loop that always returns or raises")

    def mutation(self, path: str, given: Mapping[str, Any]) -> Any:
        body = json.dumps({"json": _present(given)}).encode()
        headers = {"content-type": "application/json"}
        with self.send("POST", f"/api/trpc/{path}", body=body, headers=headers) as answer:
            return _result(answer)

    def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Body = None,
        headers: Mapping[str, str] | None = None,
        again: bool = False,
        timeout: float | None = None,
    ) -> http.client.HTTPResponse:
        """Sends a request and gives its answer to be read and closed.

        What the server refuses because too much is asked is sent again when it says; with `again` also what it could
        not do just now, or what got no answer: for requests that change nothing, or the same when they come twice.
        """
        address = f"{self.url}{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        waited = 0.0
        for turn in range(TRIES):
            if turn > 0 and body is not None and not isinstance(body, bytes):
                body.seek(0)
            request = urllib.request.Request(address, data=body, method=method)
            request.add_header("authorization", f"Bearer {self.token}")
            for name, value in (headers or {}).items():
                request.add_header(name, value)
            try:
                return _open(request, timeout=timeout or self.timeout)
            except urllib.error.HTTPError as refused:
                error = _error_of(refused)
                pause = _seconds(refused.headers.get("retry-after"), min(10.0, 0.5 * 2**turn))
                may = refused.code == 429 or (again and refused.code in (502, 503, 504))
            except (urllib.error.URLError, http.client.HTTPException, OSError) as lost:
                reason = getattr(lost, "reason", lost)
                error = PupilError("NO_ANSWER", f"{self.url} did not answer: {reason}.")
                pause = min(10.0, 0.5 * 2**turn)
                may = again or isinstance(reason, ConnectionRefusedError)
            if not may or turn == TRIES - 1 or waited + pause > PATIENCE:
                raise error
            waited += pause
            time.sleep(pause)
        raise AssertionError("a loop that always returns or raises")


class Counted:
    """A file that is sent, which tells how much of it has gone."""

    def __init__(self, file: BinaryIO, told: Callable[[int], None]) -> None:
        self.file = file
        self.told = told

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.told(self.file.tell())
        return piece

    def seek(self, at: int) -> int:
        return self.file.seek(at)


def _present(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if value is not OMIT}


def _result(answer: http.client.HTTPResponse) -> Any:
    return json.load(answer).get("result", {}).get("data", {}).get("json")


def _seconds(text: str | None, otherwise: float) -> float:
    try:
        return float(text) if text else otherwise
    except ValueError:
        return otherwise


def _error_of(refused: urllib.error.HTTPError) -> PupilError:
    """Procedures and other addresses tell errors in two forms; a proxy between tells them in none."""
    try:
        told = json.loads(refused.read())
    except (ValueError, OSError, http.client.HTTPException):
        told = {}
    told = told if isinstance(told, dict) else {}
    if 300 <= refused.code < 400:
        to = refused.headers.get("location", "another address")
        return PupilError("REDIRECTED", f"The server sends us on to {to}. Use its own address.", refused.code)
    if isinstance(told.get("error"), dict):
        of = told["error"].get("json", {})
        data = of.get("data", {})
        code = data.get("appCode") or data.get("code") or f"HTTP_{refused.code}"
        return PupilError(code, of.get("message", refused.reason), refused.code, data.get("requestId"))
    code = told.get("code") or f"HTTP_{refused.code}"
    return PupilError(code, told.get("message") or f"The server answered {refused.code}.", refused.code)
