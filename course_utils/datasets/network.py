"""Asking the network without waiting for ever."""

import queue
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import urlopen


def answers(urls: Sequence[str], *, within: float) -> bool:
    """Whether one of the servers answers within so many seconds, be it with "no".

    In threads, since looking up a name may hang for longer than any time-out.
    """
    replies: queue.Queue[bool] = queue.Queue()

    def ask(url: str) -> None:
        try:
            urlopen(url, timeout=within).close()
            replies.put(True)
        except HTTPError:  # it refuses this page, but it is there
            replies.put(True)
        except (OSError, HTTPException):
            replies.put(False)

    for url in urls:
        threading.Thread(target=ask, args=(url,), daemon=True).start()
    deadline = time.monotonic() + within
    for _ in urls:
        try:
            if replies.get(timeout=max(0.0, deadline - time.monotonic())):
                return True
        except queue.Empty:
            return False
    return False


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Let connections opened inside fail after so many seconds without a byte."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
