"""The archive, and catching up with it after having been away."""

from datetime import datetime, timezone

from slixmpp.exceptions import IqError
from slixmpp.xmlstream import ET

from judge.archive import MAM, ask, body_of, id_of, pages, stanza_id
from judge.checks import scenario
from judge.people import Cast, Person


async def _talk(cast: Cast, count: int) -> tuple[Person, Person, list[str]]:
    romeo, juliet = await cast.enter("romeo"), await cast.enter("juliet")
    texts = [f"line {number}" for number in range(count)]
    for number, text in enumerate(texts):
        speaker, listener = (romeo, juliet) if number % 2 == 0 else (juliet, romeo)
        await speaker.says(listener.boundjid.bare, text)
        await listener.reads(text)
    return romeo, juliet, texts


@scenario
async def both_find_their_talk_page_by_page_in_order(cast: Cast) -> None:
    romeo, juliet, texts = await _talk(cast, 11)
    for one in (romeo, juliet):
        assert [body_of(result) for result in await pages(one)] == texts


@scenario
async def the_archive_is_read_backwards(cast: Cast) -> None:
    romeo, _, texts = await _talk(cast, 9)
    assert [body_of(result) for result in await pages(romeo, reverse=True)] == texts[::-1]


@scenario
async def the_ids_in_the_archive_are_those_that_came_with_the_messages(cast: Cast) -> None:
    _, juliet, _ = await _talk(cast, 6)
    live = {one["body"]: stanza_id(one, juliet.boundjid.bare) for one in juliet.seen if one["body"]}
    archived = {body_of(one): id_of(one) for one in await pages(juliet)}
    assert live.items() <= archived.items()


@scenario
async def a_query_can_be_for_one_conversation(cast: Cast) -> None:
    romeo, juliet, texts = await _talk(cast, 4)
    nurse = await cast.enter("nurse")
    await nurse.says(romeo.boundjid.bare, "a word of the nurse")
    await romeo.reads("a word of the nurse")
    assert [body_of(one) for one in await pages(romeo, with_jid=juliet.boundjid.bare)] == texts
    assert [body_of(one) for one in await pages(romeo, with_jid=nurse.boundjid.bare)] == ["a word of the nurse"]


@scenario
async def a_query_can_be_for_a_time(cast: Cast) -> None:
    romeo, juliet, texts = await _talk(cast, 2)
    results = await pages(romeo)
    stamp = (
        results[-1].xml.find(f"{{{MAM}}}result/{{urn:xmpp:forward:0}}forwarded/{{urn:xmpp:delay}}delay").get("stamp")
    )
    last = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    assert abs((datetime.now(timezone.utc) - last).total_seconds()) < 60, stamp
    assert texts[-1] in [body_of(one) for one in await pages(romeo, start=last.replace(microsecond=0))]
    assert await pages(romeo, end=datetime(2001, 1, 1, tzinfo=timezone.utc)) == []


@scenario
async def the_extended_fields_are_there(cast: Cast) -> None:
    romeo, _, texts = await _talk(cast, 7)
    info = await romeo.plugin["xep_0030"].get_info(romeo.boundjid.bare)
    assert "urn:xmpp:mam:2#extended" in info["disco_info"]["features"]
    form = await romeo.plugin["xep_0313"].get_fields()
    offered = set(form.get_fields())
    assert {"with", "start", "end", "before-id", "after-id", "ids"} <= offered, offered
    ids = [id_of(one) for one in await pages(romeo)]
    after, _ = await ask(romeo, {"after-id": ids[2]})
    assert [id_of(one) for one in after] == ids[3:]
    before, _ = await ask(romeo, {"before-id": ids[2]})
    assert [id_of(one) for one in before] == ids[:2]
    some, _ = await ask(romeo, {"ids": [ids[1], ids[5]]})
    assert [id_of(one) for one in some] == [ids[1], ids[5]]
    flipped, _ = await ask(romeo, {}, "<max>3</max><before/>", "<flip-page/>")
    assert [id_of(one) for one in flipped] == ids[:-4:-1]
    assert len(texts) == len(ids)


@scenario
async def the_archive_says_where_it_begins_and_ends(cast: Cast) -> None:
    romeo, _, _ = await _talk(cast, 5)
    ids = [id_of(one) for one in await pages(romeo)]
    answer = await romeo.plugin["xep_0313"].get_archive_metadata()
    found = answer.xml.find(f"{{{MAM}}}metadata")
    assert found.find(f"{{{MAM}}}start").get("id") == ids[0] and found.find(f"{{{MAM}}}end").get("id") == ids[-1]


@scenario
async def a_place_that_does_not_exist_is_told(cast: Cast) -> None:
    romeo, _, _ = await _talk(cast, 2)
    try:
        await ask(romeo, {}, "<max>3</max><after>no such id</after>")
    except IqError as error:
        assert error.condition == "item-not-found", error
    else:
        raise AssertionError("a page behind an id that does not exist was answered")


@scenario
async def nobody_reads_the_archive_of_somebody_else(cast: Cast) -> None:
    romeo, juliet, _ = await _talk(cast, 2)
    try:
        found, _ = await ask(juliet, {}, to=romeo.boundjid.bare)
    except IqError as error:
        assert error.condition in ("forbidden", "not-allowed", "service-unavailable"), error
    else:
        raise AssertionError(f"she read {found}")


@scenario
async def what_came_while_away_is_there_once(cast: Cast) -> None:
    romeo, juliet, _ = await _talk(cast, 2)
    last = id_of((await pages(juliet))[-1])
    await juliet.sign_out()
    missed = [f"missed {number}" for number in range(12)]
    for text in missed:
        await romeo.says(juliet.boundjid.bare, text)
    await romeo.catches_up()
    again = await cast.enter("juliet")
    caught_up, fin = await ask(again, {}, f"<max>50</max><after>{last}</after>")
    assert [body_of(one) for one in caught_up] == missed
    assert fin.xml.find(f"{{{MAM}}}fin").get("complete") == "true"
    await again.catches_up()
    # What comes by itself as well carries the id by which a client knows it.
    live = [stanza_id(one, again.boundjid.bare) for one in again.seen if one["body"]]
    assert len(set(live)) == len(live) and set(live) <= {id_of(one) for one in caught_up}


@scenario
async def what_came_while_away_comes_by_itself_with_its_time(cast: Cast) -> None:
    romeo, juliet = await cast.enter("romeo"), cast.person("juliet")
    for number in range(3):
        await romeo.says(juliet.boundjid.bare, f"missed {number}")
    await romeo.catches_up()
    await juliet.sign_in()
    late = await juliet.reads("missed 2")
    assert juliet.bodies() == ["missed 0", "missed 1", "missed 2"]
    assert late.xml.find("{urn:xmpp:delay}delay") is not None


@scenario
async def what_should_not_be_stored_is_not(cast: Cast) -> None:
    romeo, juliet, texts = await _talk(cast, 1)
    message = romeo.make_message(mto=juliet.boundjid.bare, mbody="leave no trace", mtype="chat")
    message.xml.append(ET.fromstring("<no-store xmlns='urn:xmpp:hints'/>"))
    message.send()
    await juliet.reads("leave no trace")
    assert [body_of(one) for one in await pages(juliet)] == texts
