use super::*;

#[tokio::test]
async fn who_enters_a_room_that_is_not_there_makes_it() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    let own = romeo.enters("Romeo").await;
    for part in [
        "affiliation='owner'",
        "role='moderator'",
        "code='201'",
        "code='100'",
        "jid='romeo@example.org/desk'",
    ] {
        assert!(own.contains(part), "{part} is not in {own}");
    }
    let subject = romeo.sees(&["<subject"]).await;
    assert!(subject.contains(&format!("from='{GARDEN}' type='groupchat'")), "{subject}");
}

#[tokio::test]
async fn nobody_else_enters_before_it_is_said_how_a_room_is_to_be() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    romeo.enters("Romeo").await;
    juliet.asks_to_enter("Juliet", "").await;
    juliet.sees(&["type='error'", "<item-not-found"]).await;
    romeo.sets_up(&[]).await;
    juliet.enters("Juliet").await;
}

#[tokio::test]
async fn who_gives_up_setting_a_room_up_ends_it() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    romeo.enters("Romeo").await;
    romeo.asks_owner("<x xmlns='jabber:x:data' type='cancel'/>").await;
    romeo.sees(&["type='result'"]).await;
    romeo.sees(&["type='unavailable'", "<destroy/>"]).await;
    let told = romeo.enters("Romeo").await;
    assert!(told.contains("code='201'"), "the name is free again: {told}");
    let mut juliet = stage.client("juliet").await;
    romeo.hang_up().await;
    let told = juliet.enters("Juliet").await;
    assert!(told.contains("code='201'"), "nobody finished the room: {told}");
}

#[tokio::test]
async fn who_comes_in_is_told_of_the_others_then_of_itself_then_of_the_past_and_last_of_the_subject() {
    let stage = Stage::new().await;
    let (mut romeo, _juliet) = garden(&stage).await;
    romeo.says("m1", "what light").await;
    romeo.sees(&["what light"]).await;
    let mut nurse = stage.client("nurse").await;
    nurse.asks_to_enter("Nurse", "").await;
    nurse.sees(&["<subject"]).await;
    let told: Vec<_> = nurse.seen.iter().map(String::as_str).collect();
    assert_eq!(told.len(), 5, "{told:#?}");
    assert!(told[..2].iter().all(|one| one.contains("<presence") && !one.contains("code='110'")));
    assert!(told[2].contains("/Nurse'") && told[2].contains("code='110'"));
    let past = told[3];
    assert!(past.contains("what light") && past.contains("<delay") && past.contains("id='m1'"), "{past}");
    assert!(past.contains(&format!("by='{GARDEN}'")), "{past}");
}

#[tokio::test]
async fn as_much_of_the_past_is_told_as_is_asked_for() {
    let stage = Stage::new().await;
    let (mut romeo, _) = garden(&stage).await;
    for number in 0..4 {
        romeo.says(&format!("m{number}"), &format!("line {number}")).await;
    }
    for (name, history, expected) in [
        ("nurse", "<history maxstanzas='2'/>", 2),
        ("paris", "<history maxstanzas='0'/>", 0),
        ("tybalt", "<history since='2099-01-01T00:00:00Z'/>", 0),
    ] {
        let mut late = stage.client(name).await;
        late.asks_to_enter(name, history).await;
        late.sees(&["<subject"]).await;
        assert_eq!(late.seen.iter().filter(|xml| xml.contains("<body>")).count(), expected, "{history}");
    }
}

#[tokio::test]
async fn a_nickname_that_looks_like_anothers_is_taken() {
    let stage = Stage::new().await;
    let (_romeo, mut juliet) = garden(&stage).await;
    let mut paris = stage.client("paris").await;
    for nick in ["Romeo", "ROMEO", "romeo ", "ｒｏｍｅｏ"] {
        paris.asks_to_enter(nick, "").await;
        paris.sees(&["type='error'", "<conflict"]).await;
    }
    juliet.send(&format!("<presence to='{GARDEN}/rOMEO'/>")).await;
    juliet.sees(&["type='error'", "<conflict"]).await;
}

#[tokio::test]
async fn the_name_of_a_member_who_is_not_here_is_kept_for_them() {
    let stage = Stage::new().await;
    let (_romeo, mut juliet) = garden(&stage).await;
    juliet.send(&format!("<presence to='{GARDEN}/Juliet' type='unavailable'/>")).await;
    let mut paris = stage.client("paris").await;
    paris.asks_to_enter("juliet", "").await;
    paris.sees(&["type='error'", "<conflict"]).await;
}

#[tokio::test]
async fn several_clients_of_somebody_share_one_nickname() {
    let stage = Stage::new().await;
    let (mut romeo, juliet) = garden(&stage).await;
    let mut phone = stage.another_client(&juliet.who, "phone").await;
    phone.asks_to_enter("Capulet", "").await;
    phone.sees(&[&format!("from='{GARDEN}/Juliet'"), "code='110'", "code='210'"]).await;
    romeo.sees(&["/Juliet'", "juliet@example.org/phone"]).await;
    juliet.hang_up().await;
    let seen = romeo.rest().await;
    assert!(!seen.iter().any(|xml| xml.contains("unavailable")), "{seen:#?}");
    phone.hang_up().await;
    romeo.sees(&["type='unavailable'", "/Juliet'"]).await;
}

#[tokio::test]
async fn who_leaves_stays_a_member_and_an_owner() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    romeo
        .send(&format!("<presence to='{GARDEN}/Romeo' type='unavailable'><status>bye</status></presence>"))
        .await;
    juliet.sees(&["type='unavailable'", "<status>bye</status>", "affiliation='owner'", "role='none'"]).await;
    juliet.says("m1", "alone").await;
    juliet.sees(&["alone"]).await;
    assert!(!romeo.rest().await.iter().any(|xml| xml.contains("alone")));
    let own = romeo.enters("Romeo").await;
    assert!(own.contains("affiliation='owner'"), "{own}");
    romeo.sees(&["alone", "<delay"]).await;
}

#[tokio::test]
async fn who_goes_offline_leaves_every_room() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    juliet.send("<presence type='unavailable'/>").await;
    romeo.sees(&["type='unavailable'", "/Juliet'"]).await;
}

#[tokio::test]
async fn only_members_enter_a_room_for_members() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    romeo.enters("Romeo").await;
    romeo.sets_up(&[("membersonly", "1")]).await;
    let mut juliet = stage.client("juliet").await;
    juliet.asks_to_enter("Juliet", "").await;
    juliet.sees(&["type='error'", "type='auth'", "<registration-required"]).await;
    romeo.changes("<item affiliation='member' jid='juliet@example.org'/>").await;
    juliet.sees(&["<invite from='romeo@example.org'"]).await;
    let own = juliet.enters("Juliet").await;
    assert!(own.contains("affiliation='member'") && own.contains("role='participant'"), "{own}");
}

#[tokio::test]
async fn who_is_not_in_a_room_cannot_change_what_is_seen_there() {
    let stage = Stage::new().await;
    let (_romeo, _juliet) = garden(&stage).await;
    let mut paris = stage.client("paris").await;
    paris.send(&format!("<presence to='{GARDEN}/Paris'/>")).await;
    paris.sees(&["type='error'", "<not-acceptable"]).await;
    paris.asks_to_enter(&"x".repeat(200), "").await;
    paris.sees(&["type='error'", "<not-acceptable"]).await;
}

#[tokio::test]
async fn another_nickname_is_told_as_leaving_and_coming() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    let before = juliet.seen.iter().find(|xml| xml.contains("code='110'")).cloned().unwrap();
    juliet.send(&format!("<presence to='{GARDEN}/Jule'/>")).await;
    romeo.sees(&["type='unavailable'", "/Juliet'", "code='303'", "nick='Jule'"]).await;
    let after = romeo.sees(&["<presence", "/Jule'"]).await;
    let id = |xml: &str| xml.split("<occupant-id").nth(1).unwrap().to_owned();
    assert_eq!(id(&before), id(&after));
    let rest = romeo.rest().await;
    assert!(rest.is_empty(), "the new nickname is told once: {rest:#?}");
}
