"""Stopping an audit early: Ctrl-C or a time limit, with what is done kept and the rest named."""

from __future__ import annotations

import _thread
import signal
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, TypeVar

from surveykit.text import Label

__all__ = ["INTERRUPTED", "OUT_OF_TIME", "Halt"]

T = TypeVar("T")
INTERRUPTED: Final = Label("未核查：已中断", "not evaluated: interrupted")
OUT_OF_TIME: Final = Label("未核查：时间已到", "not evaluated: out of time")


class Halt:
    """Runs the pieces of an audit until the user interrupts it or the time is up.

    A piece that is stopped, and every later one, is replaced by what stands for it. In the main
    thread a running piece is stopped too (as soon as it is back from compiled code); in another
    thread the limit takes effect between pieces. A second Ctrl-C is not held back.

    Examples
    --------
    >>> with Halt() as halt:
    ...     halt.run(lambda: 1, lambda: 0), halt.run(lambda: halt.stop() or 2, lambda: 0)
    ...     halt.run(lambda: 3, lambda: 0)
    (1, 2)
    0
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.reason: Label | None = None
        self._seconds = seconds
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        self._running = self._late = False
        self._before: Any = None
        self._main = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Halt:
        if self._main:  # whatever a program does on Ctrl-C, here it stops the work and no more
            self._before = signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._seconds is not None:
            self._timer = threading.Timer(self._seconds, self._ring)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._main:
            signal.signal(signal.SIGINT, self._before or signal.SIG_DFL)

    def _ring(self) -> None:
        with self._lock:
            self._late = True
            if self._running and self._main:
                _thread.interrupt_main()

    def stop(self) -> None:
        """Run nothing more."""
        self.reason = OUT_OF_TIME if self._late else INTERRUPTED

    def run(self, work: Callable[[], T], instead: Callable[[], T]) -> T:
        """Return what `work` returns, or `instead` once the audit has stopped."""
        try:
            if self.reason is None and not self._begin():
                self.stop()
            if self.reason is None:
                try:
                    return work()
                finally:
                    with self._lock:
                        self._running = False
        except KeyboardInterrupt:
            if self.reason is not None:
                raise
            self.stop()
        return instead()

    def _begin(self) -> bool:
        with self._lock:
            self._running = not self._late
            return self._running
