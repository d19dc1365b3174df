"""Parses two NetJSON graphs and finds their difference, again and again: prints the seconds of each time."""

import json
import sys
import time

from netdiff import NetJsonParser, diff


def main():
    texts = []
    for path in sys.argv[1:3]:
        with open(path) as file:
            texts.append(file.read())
    old = NetJsonParser(data=json.loads(texts[0]))
    for number in range(int(sys.argv[3])):
        begin = time.monotonic()
        new = NetJsonParser(data=json.loads(texts[(number + 1) % 2]))
        found = diff(old, new)
        print(time.monotonic() - begin, flush=True)
        if not found["changed"]:
            raise SystemExit("no difference was found")
        old = new


if __name__ == "__main__":
    main()
