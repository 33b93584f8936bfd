# SPDX-License-Identifier: Apache-2.0
# A terminal with somebody at it: runs a command line in bash and answers y to each question. Prints what the terminal showed; ends as the command did.
#
#   python3 terminal.py COMMAND
import fcntl
import os
import pty
import struct
import sys
import termios

pid, terminal = pty.fork()
if pid == 0:
    os.execvp("bash", ["bash", "-euo", "pipefail", "-c", sys.argv[1]])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
unanswered = b""
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:  # what Linux says when the command has gone
        break
    if not data:
        break
    os.write(1, data)
    unanswered += data
    if b"(y/N)" in unanswered:
        unanswered = b""
        os.write(terminal, b"y\r")
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
