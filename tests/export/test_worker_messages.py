"""Messages between an export and its workers: how they go through a pipe."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from array import array
from termios import FIONREAD
from types import FrameType

from agilekit.export import ProjectReport
from agilekit.export.shards import ShardReport
from agilekit.export.worker_messages import ShardEnded, read_from, write_to


def test_a_message_arrives_whole_if_its_writer_is_interrupted() -> None:
    project = ProjectReport("work", "flow", "host", "1", "x" * 1_000_000, {}, 0.0)
    sent = ShardEnded("shard-1", ShardReport("shard-1", {"work": 0}, (project,), 0.0))
    reading, writing = os.pipe()
    writer, heard = threading.get_ident(), list[object]()

    def ignore(_number: int, _frame: FrameType | None) -> None:
        pass

    def interrupt_and_read() -> None:
        waiting = array("i", [0])
        while waiting[0] < 4096:  # the writer waits for room
            time.sleep(0.001)
            fcntl.ioctl(reading, FIONREAD, waiting)
        signal.pthread_kill(writer, signal.SIGUSR1)
        with os.fdopen(reading, "rb") as stream:
            heard.append(read_from(stream))

    before = signal.signal(signal.SIGUSR1, ignore)
    try:
        reader = threading.Thread(target=interrupt_and_read)
        reader.start()
        with os.fdopen(writing, "wb") as stream:
            write_to(stream, sent)
        reader.join()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert heard == [sent]
