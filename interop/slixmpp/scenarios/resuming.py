"""Connections that break and come back."""

from judge.checks import scenario
from judge.people import DEFAULT_PLUGINS, Cast, Person
from judge.waits import until

RESUMABLE = {"plugins": [*DEFAULT_PLUGINS, "xep_0198"]}


async def _enter(cast: Cast, name: str) -> Person:
    person = await cast.enter(name, "desk", **RESUMABLE)
    await until(lambda: person.plugin["xep_0198"].enabled_in, "stream management is on")
    assert person.plugin["xep_0198"].sm_id, "the stream cannot be resumed"
    return person


@scenario
async def what_comes_while_the_line_is_cut_comes_once_after_resuming(cast: Cast) -> None:
    romeo, juliet = await cast.enter("romeo"), await _enter(cast, "juliet")
    await romeo.says(juliet.boundjid.bare, "before")
    await juliet.reads("before")
    await juliet.cut()
    missed = [f"missed {number}" for number in range(20)]
    for text in missed:
        await romeo.says(juliet.boundjid.bare, text)
    await romeo.catches_up()
    await juliet.resume()
    await romeo.says(juliet.boundjid.bare, "after")
    await juliet.reads("after")
    assert juliet.bodies() == ["before", *missed, "after"]
    assert not [one for one in romeo.seen if one["type"] == "error"]


@scenario
async def what_was_sent_into_a_cut_line_arrives_once_and_in_order(cast: Cast) -> None:
    romeo, juliet = await _enter(cast, "romeo"), await cast.enter("juliet")
    said = []
    for round_ in range(4):
        for number in range(10):
            said.append(f"round {round_} line {number}")
            await romeo.says(juliet.boundjid.bare, said[-1])
        await until(lambda: not romeo.waiting_queue.qsize(), "everything is on its way")
        await romeo.cut()
        await romeo.resume()
    await romeo.says(juliet.boundjid.bare, "the end")
    await juliet.reads("the end")
    assert juliet.bodies() == [*said, "the end"]


@scenario
async def contacts_do_not_notice_a_short_cut(cast: Cast) -> None:
    romeo, juliet = await cast.friends("romeo", "juliet", **RESUMABLE)
    await until(lambda: juliet.plugin["xep_0198"].enabled_in, "stream management is on")
    await juliet.cut()
    await juliet.resume()
    await juliet.says(romeo.boundjid.full, "still here")
    await romeo.reads("still here")
    assert not [one for one in romeo.presences if one["type"] == "unavailable" and one["from"] == juliet.boundjid]


@scenario
async def a_stream_can_be_resumed_while_the_old_line_looks_alive(cast: Cast) -> None:
    romeo, juliet = await cast.enter("romeo"), await _enter(cast, "juliet")
    state = juliet.plugin["xep_0198"]
    other = cast.person("juliet", "desk", **RESUMABLE)
    other.plugin["xep_0198"].sm_id, other.plugin["xep_0198"].handled = state.sm_id, state.handled
    gone = juliet.loses_connection()
    await other.resume()
    await gone
    await romeo.says(other.boundjid.bare, "to the new line")
    await other.reads("to the new line")


@scenario
async def a_stream_that_never_was_cannot_be_resumed(cast: Cast) -> None:
    juliet = cast.person("juliet", "desk", **RESUMABLE)
    juliet.plugin["xep_0198"].sm_id = "no such stream"
    failed: list = []
    juliet.add_event_handler("sm_failed", failed.append)
    await juliet.sign_in()
    assert failed and juliet.boundjid.resource == "desk"


@scenario
async def nobody_resumes_the_stream_of_somebody_else(cast: Cast) -> None:
    juliet = await _enter(cast, "juliet")
    mallory = cast.person("mallory", "desk", **RESUMABLE)
    mallory.plugin["xep_0198"].sm_id = juliet.plugin["xep_0198"].sm_id
    failed: list = []
    mallory.add_event_handler("sm_failed", failed.append)
    await mallory.sign_in()
    assert failed and mallory.boundjid.bare != juliet.boundjid.bare
    await juliet.catches_up()


@scenario
async def everything_is_acknowledged_in_the_end(cast: Cast) -> None:
    romeo, juliet = await _enter(cast, "romeo"), await cast.enter("juliet")
    for number in range(25):
        await romeo.says(juliet.boundjid.bare, f"line {number}")
    await juliet.reads("line 24")

    def is_empty() -> bool:
        romeo.plugin["xep_0198"].request_ack()
        return not romeo.plugin["xep_0198"].unacked_queue

    await until(is_empty, "nothing is waiting for its acknowledgement")
