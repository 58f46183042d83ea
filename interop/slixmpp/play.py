"""Plays the scenarios whose names have one of the words given, or all."""

import asyncio
import importlib
import sys

from judge.checks import play_all

PARTS = [
    "signing_in",
    "registering",
    "administration",
    "chatting",
    "archive",
    "resuming",
    "contacts",
    "personal",
    "components",
    "pushing",
    "reporting",
    "groups",
    "group_rules",
]

for part in PARTS:
    importlib.import_module(f"scenarios.{part}")
asyncio.run(play_all(sys.argv[1:]))
