"""Prints what a screen reader is told of one of our windows: of each element its role, name, description, states, what
is written in it, and its place among its kind, a line of JSON each. The argument is a regular expression for the window's title."""

import json
import re
import sys

import pyatspi
from gi.repository import GLib


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


def written(element):
    try:
        return element.queryText().getText(0, -1)
    except NotImplementedError:  # no text in it
        return ""


def told(element):
    states = [pyatspi.stateToString(state) for state in element.getState().getStates()]
    places = dict(attribute.split(":", 1) for attribute in element.getAttributes() or ())
    told = {"role": element.getRoleName(), "name": element.name or "", "description": element.description or ""}
    told |= {"states": states, "text": written(element)}
    return told | {"place": places.get("posinset", ""), "of": places.get("setsize", "")}


def look():
    while True:
        try:
            return [told(element) for element in elements(window(sys.argv[1]))]
        except GLib.Error:  # an element went while it was asked: the window has changed
            continue


for element in look():
    print(json.dumps(element))
