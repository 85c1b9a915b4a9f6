"""Prints what a screen reader is told of one of our windows: role, name and states of each element, a line of
JSON each. The argument is a regular expression for the window's title."""

import json
import re
import sys

import pyatspi


def elements(element):
    yield element
    for index in range(element.childCount):
        child = element.getChildAtIndex(index)
        if child is not None:
            yield from elements(child)


def window(title):
    # Each look is a question over the bus, so this is no idle loop; whoever waits for us gives up in time.
    while True:
        desktop = pyatspi.Registry.getDesktop(0)
        for program in desktop:
            for frame in program or ():
                if frame and re.search(title, frame.name or ""):
                    return frame


for element in elements(window(sys.argv[1])):
    states = [pyatspi.stateToString(state) for state in element.getState().getStates()]
    print(json.dumps({"role": element.getRoleName(), "name": element.name or "", "states": states}))
