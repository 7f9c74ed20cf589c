"""Runs a command in a terminal of its own, for tests of what a person sees.

Standard input is what is typed, standard output what the terminal is sent. Standard error tells the command's process first
(`pid 123`) and at the end whether the terminal echoes lines again (`terminal restored`, or `terminal raw`). Ends as the command does,
with 128 and the signal's number when a signal ended it.

Usage: terminal.py ROWS COLUMNS COMMAND [ARGUMENT...]
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

rows, columns, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.execvp(command[0], command)
print(f"pid {pid}", file=sys.stderr, flush=True)
typing = [0]
while True:
    ready, _, _ = select.select([terminal, *typing], [], [])
    if terminal in ready:
        try:
            sent = os.read(terminal, 65536)
        except OSError:
            break
        if not sent:
            break
        os.write(1, sent)
    if 0 in ready:
        typed = os.read(0, 4096)
        if typed:
            os.write(terminal, typed)
        else:
            typing = []
_, status = os.waitpid(pid, 0)
flags = termios.tcgetattr(terminal)[3]
whole = flags & termios.ECHO and flags & termios.ICANON
print("terminal restored" if whole else "terminal raw", file=sys.stderr, flush=True)
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
