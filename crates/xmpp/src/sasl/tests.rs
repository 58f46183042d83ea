use base64::{Engine, prelude::BASE64_STANDARD};

use super::*;
use crate::{Framed, Limits, ns, write::Writer};

fn bindings() -> ChannelBindings {
    ChannelBindings {
        tls_exporter: Some(b"THIS IS FAKE CB DATA".to_vec()),
        tls_server_end_point: Some(b"certificate".to_vec()),
    }
}

/// Of a client that uses a mechanism at `example.org`, where channel binding is offered.
fn start(mechanism: Mechanism, message: &str) -> Result<ScramStart, Refusal> {
    ScramStart::read(message.as_bytes(), mechanism, &bindings(), true, "example.org")
}

fn plus(message: &str) -> Result<ScramStart, Refusal> {
    start(Mechanism::ScramSha1Plus, message)
}

fn plain_scram(message: &str) -> Result<ScramStart, Refusal> {
    start(Mechanism::ScramSha1, message)
}

/// The example of XEP-0474 section 5.3, from the list of mechanisms to the server's last word.
#[test]
fn a_bound_exchange_goes_as_in_the_example_of_xep_0474() {
    let first = "p=tls-exporter,,n=user,r=12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6";
    let start = plus(first).unwrap();
    assert_eq!(start.username(), "user");
    let offered = [Mechanism::ScramSha1, Mechanism::ScramSha1Plus];
    let hash = downgrade_hash(ScramHash::Sha1, &offered, Some(&bindings().types()));
    let salt = BASE64_STANDARD.decode("QSXCR+Q6sek8bf92").unwrap();
    let nonce = "a09117a6-ac50-4f2f-93f1-93799c2bddf6";
    let (server, challenge) = start.challenge(nonce, &salt, 4096, Some(&hash));
    let whole_nonce = format!("12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6{nonce}");
    let expected = format!("r={whole_nonce},s=QSXCR+Q6sek8bf92,i=4096,h=G6k/rBLDqgOhRRaCuuatSDFkJ08=");
    assert_eq!(challenge, expected);
    let without_proof = format!(
        "c=cD10bHMtZXhwb3J0ZXIsLFRISVMgSVMgRkFLRSBDQiBEQVRB,r={whole_nonce},x=19C6532F-1CF4-4A27-A18D-DC9CEA41BBB3"
    );
    let proof =
        server.read_final(format!("{without_proof},p=M/SIDjT+dfcxUh89jZEypRvFxB4=").as_bytes()).unwrap();
    let bare = first.strip_prefix("p=tls-exporter,,").unwrap();
    assert_eq!(proof.auth_message, format!("{bare},{challenge},{without_proof}").into_bytes());
    assert_eq!(BASE64_STANDARD.encode(proof.proof), "M/SIDjT+dfcxUh89jZEypRvFxB4=");
}

#[test]
fn every_flag_means_what_it_says() {
    let bare = "n=a,r=x";
    assert!(plain_scram(&format!("n,,{bare}")).is_ok());
    assert_eq!(plain_scram(&format!("y,,{bare}")), Err(Refusal::Downgrade));
    assert_eq!(plain_scram(&format!("p=tls-exporter,,{bare}")), Err(Refusal::Malformed));
    assert!(plus(&format!("p=tls-server-end-point,,{bare}")).is_ok());
    assert_eq!(plus(&format!("p=tls-unique,,{bare}")), Err(Refusal::BindingType));
    assert_eq!(plus(&format!("n,,{bare}")), Err(Refusal::Malformed));
    assert_eq!(plus(&format!("y,,{bare}")), Err(Refusal::Malformed));
    let unbound = ChannelBindings::default();
    let read = |message: &str, mechanism| {
        ScramStart::read(message.as_bytes(), mechanism, &unbound, false, "example.org")
    };
    assert!(read("y,,n=a,r=x", Mechanism::ScramSha1).is_ok());
    let bound = read("p=tls-exporter,,n=a,r=x", Mechanism::ScramSha1Plus);
    assert_eq!(bound, Err(Refusal::BindingType));
}

#[test]
fn names_are_decoded_and_only_the_own_identity_is_accepted() {
    let username = |message: &str| plain_scram(message).map(|start| start.username().to_owned());
    assert_eq!(username("n,,n=a=2Cb=3D=3D2C,r=x").as_deref(), Ok("a,b==2C"));
    assert_eq!(username("n,a=a,n=a,r=x").as_deref(), Ok("a"));
    assert_eq!(username("n,a=A@example.org,n=a,r=x").as_deref(), Ok("a"));
    for other in ["b", "b@example.org", "a@example.com", "a@example.org/x"] {
        assert_eq!(username(&format!("n,a={other},n=a,r=x")), Err(Refusal::OtherIdentity), "{other}");
    }
    for name in ["", "a=", "a=2", "a=2c", "a=40", "a\0b"] {
        assert_eq!(username(&format!("n,,n={name},r=x")), Err(Refusal::Malformed), "{name:?}");
    }
}

#[test]
fn first_messages_that_break_the_grammar_are_refused() {
    for message in [
        "",
        "n",
        "n,",
        "n,,",
        "n,,n=a",
        "n,,r=x,n=a",
        "n,,n=a,r=",
        "n,,n=a,r=é",
        "n,,n=a,r=x,",
        "n,,n=a,r=x,1=2",
        "n,,n=a,r=x,y=",
        "x,,n=a,r=x",
        "n,b=c,n=a,r=x",
        "n,a=,n=a,r=x",
        "N,,n=a,r=x",
        "p=,,n=a,r=x",
    ] {
        assert_eq!(plain_scram(message).unwrap_err(), Refusal::Malformed, "{message}");
    }
    assert_eq!(plain_scram("n,,m=1,n=a,r=x"), Err(Refusal::Extension));
    assert!(plain_scram("n,,n=a,r=x,y=1").is_ok());
    let long = format!("n,,n={},r=x", "a".repeat(9000));
    assert_eq!(plain_scram(&long), Err(Refusal::Malformed));
    let not_utf8 = ScramStart::read(b"n,,n=\xff,r=x", Mechanism::ScramSha1, &bindings(), true, "x");
    assert_eq!(not_utf8, Err(Refusal::Malformed));
}

#[test]
fn last_messages_must_fit_to_the_exchange() {
    let finish = |message: &str| {
        let (server, _) = plain_scram("n,,n=a,r=x").unwrap().challenge("y", b"salt", 4096, None);
        server.read_final(message.as_bytes()).map(|_| ())
    };
    assert_eq!(finish("c=biws,r=xy,p=AAAA"), Ok(()));
    assert_eq!(finish("c=biws,r=xy,z=1,p=AAAA"), Ok(()));
    assert_eq!(finish("c=biws,r=xz,p=AAAA"), Err(Refusal::Nonce));
    assert_eq!(finish("c=biws,r=x,p=AAAA"), Err(Refusal::Nonce));
    assert_eq!(finish("c=eSws,r=xy,p=AAAA"), Err(Refusal::Binding));
    assert_eq!(finish("c=,r=xy,p=AAAA"), Err(Refusal::Binding));
    assert_eq!(finish("c=biw,r=xy,p=AAAA"), Err(Refusal::Encoding));
    assert_eq!(finish("c=biws,r=xy,p=A"), Err(Refusal::Encoding));
    for message in ["", "c=biws,r=xy", "r=xy,c=biws,p=AAAA", "c=biws,p=AAAA", "c=biws,r=xy,1=2,p=AAAA"] {
        assert_eq!(finish(message), Err(Refusal::Malformed), "{message}");
    }
    let (server, _) = plus("p=tls-exporter,,n=a,r=x").unwrap().challenge("y", b"salt", 4096, None);
    let other_channel = BASE64_STANDARD.encode("p=tls-exporter,,certificate");
    let other = server.read_final(format!("c={other_channel},r=xy,p=AAAA").as_bytes());
    assert_eq!(other, Err(Refusal::Binding));
}

/// The examples of RFC 4616 section 4.
#[test]
fn name_and_password_are_read_as_in_rfc_4616() {
    let read = |message: &'static str| Plain::read(message.as_bytes(), "example.org");
    let tim = read("\0tim\0tanstaaftanstaaf").unwrap();
    assert_eq!((tim.authcid, tim.password), ("tim", "tanstaaftanstaaf"));
    assert_eq!(read("Ursel\0Kurt\0xipj3plmq"), Err(Refusal::OtherIdentity));
    assert!(read("tim@example.org\0tim\0x").is_ok());
    assert!(read("tim@example.org\0tim@example.org\0x").is_ok());
    for message in ["", "\0tim", "tim\0x", "\0\0x", "\0tim\0", "\0tim\0x\0", "\0tim\0x\0y"] {
        assert_eq!(read(message), Err(Refusal::Malformed), "{message:?}");
    }
    assert_eq!(Plain::read(b"\0tim\0\xff", "example.org"), Err(Refusal::Malformed));
}

#[test]
fn tokens_are_proven_by_both_sides() {
    let token = b"secret-token:fast-Oeie4nmlUoLHXca_YhnjwkEBgCEKKHKCArT8";
    let proof = BASE64_STANDARD.decode("ILhB0ii4ge20NbqjRbMiYstCRq2rQczQRkVX+KOTwKM=").unwrap();
    let message = [b"tim\0", &proof[..]].concat();
    let read = HashedToken::read(&message).unwrap();
    assert_eq!(read.authcid, "tim");
    assert!(read.is_proof_of(token, b"cb"));
    assert!(!read.is_proof_of(token, b""));
    assert!(!read.is_proof_of(b"other", b"cb"));
    let answer = BASE64_STANDARD.encode(responder_message(token, b"cb"));
    assert_eq!(answer, "H3g582mSi97oDwcsFY3qs408TLm3uV+94HJ6oEyR3dU=");
    for wrong in [&message[..message.len() - 1], &message[3..], b"tim", b""] {
        assert_eq!(HashedToken::read(wrong), Err(Refusal::Malformed));
    }
}

#[test]
fn mechanisms_are_offered_by_what_the_connection_can() {
    let offer = Offer { scram: &[ScramHash::Sha1, ScramHash::Sha256], plain: true, external: false };
    let names =
        |mechanisms: Vec<Mechanism>| mechanisms.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(" ");
    let unbound = ChannelBindings::default();
    assert_eq!(names(offer.mechanisms(&unbound)), "SCRAM-SHA-256 SCRAM-SHA-1 PLAIN");
    let bound = names(offer.mechanisms(&bindings()));
    assert_eq!(bound, "SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-1 PLAIN");
    let external = Offer { external: true, ..Offer::default() };
    assert_eq!(names(external.mechanisms(&bindings())), "EXTERNAL");
    assert_eq!(names(Offer::token_mechanisms(&unbound)), "HT-SHA-256-NONE");
    assert_eq!(
        names(Offer::token_mechanisms(&bindings())),
        "HT-SHA-256-EXPR HT-SHA-256-ENDP HT-SHA-256-NONE"
    );
    assert_eq!(Mechanism::find("SCRAM-SHA-512-PLUS").unwrap().scram_hash(), Some(ScramHash::Sha512));
    assert_eq!(Mechanism::Plain.scram_hash(), None);
}

const ECDSA_SHA384: &str = "MIIBhDCCASmgAwIBAgIUQQM5x/v941Sw3pbZ+IsroiJboWYwCgYIKoZIzj0EAwMwFjEUMBIGA1UEAwwLZXhhbXBsZS5vcmcwIBcNMjYxMTI4MDQzMzE1WhgPMjEyNjExMDQwNDMzMTVaMBYxFDASBgNVBAMMC2V4YW1wbGUub3JnMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1az+h51XW1Fl8JQVBCHqlPE1u8Qg/F394tqcUfgLIyzXyk34KAxqukrdyg21qFqgJv+SD57WrtD76s2rYcB8FKNTMFEwHQYDVR0OBBYEFJPMbCY6CFAujwGSm7l1CFAfT9YQMB8GA1UdIwQYMBaAFJPMbCY6CFAujwGSm7l1CFAfT9YQMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwMDSQAwRgIhAKQS/zEgpVUAfXejgodZEi73ZKHaua/2VtOBUpcYiTG9AiEAlxIGQ84RQBT0iAFDRtgdTmbI7sfcHaMZ787BLeyzIc8=";

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    [&[tag, u8::try_from(content.len()).unwrap()], &content[..]].concat()
}

/// As much of a certificate as says how it is signed.
fn signed_by(algorithm: &[&[u8]]) -> Vec<u8> {
    der(0x30, &[&der(0x30, &[]), &der(0x30, algorithm), &der(0x03, &[&[0]])])
}

fn length_for(algorithm: &[&[u8]]) -> Option<usize> {
    tls_server_end_point(&signed_by(algorithm)).map(|hash| hash.len())
}

#[test]
fn a_certificate_is_hashed_as_its_signature_is() {
    let certificate = BASE64_STANDARD.decode(ECDSA_SHA384).unwrap();
    let hash = tls_server_end_point(&certificate).unwrap();
    assert_eq!(hash[..8], [0xa2, 0x86, 0x1f, 0x4a, 0x83, 0x28, 0xd4, 0x15]);
    assert_eq!(hash.len(), 48);
    let rsa = |number: u8| der(0x06, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, number]]);
    let ecdsa = |number: u8| der(0x06, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, number]]);
    let expected = [(4, 32), (5, 32), (11, 32), (12, 48), (13, 64)];
    assert!(expected.iter().all(|(number, bytes)| length_for(&[&rsa(*number)]) == Some(*bytes)));
    let expected = [(2, 32), (3, 48), (4, 64)];
    assert!(expected.iter().all(|(number, bytes)| length_for(&[&ecdsa(*number)]) == Some(*bytes)));
    let sha512 = der(0x06, &[&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 3]]);
    let parameters = der(0x30, &[&der(0xa0, &[&der(0x30, &[&sha512])])]);
    assert_eq!(length_for(&[&rsa(10), &parameters]), Some(64));
    assert_eq!(length_for(&[&rsa(10), &der(0x30, &[])]), Some(32));
    let ed25519 = der(0x06, &[&[0x2b, 0x65, 0x70]]);
    assert_eq!(length_for(&[&ed25519]), None);
    for cut in 0..40 {
        assert_eq!(tls_server_end_point(&certificate[..cut]), None);
    }
}

fn step(element: &str) -> Option<(Profile, Result<Step, Refusal>)> {
    read_step(&Framed::new(Limits::default()).read(element.as_bytes()).unwrap())
}

fn sasl(name: &str, rest: &str) -> Result<Step, Refusal> {
    step(&format!("<{name} xmlns='urn:ietf:params:xml:ns:xmpp-sasl'{rest}")).unwrap().1
}

/// RFC 6120 section 6.4.2: nothing, an empty message, and a message.
#[test]
fn initial_responses_are_told_apart_from_none() {
    let initial = |rest| match sasl("auth", rest) {
        Ok(Step::Start(start)) if start.mechanism == "PLAIN" => Ok(start.initial_response),
        Ok(other) => panic!("{other:?}"),
        Err(refusal) => Err(refusal),
    };
    assert_eq!(initial(" mechanism='PLAIN'/>"), Ok(None));
    assert_eq!(initial(" mechanism='PLAIN'></auth>"), Ok(None));
    assert_eq!(initial(" mechanism='PLAIN'>=</auth>"), Ok(Some(Vec::new())));
    assert_eq!(initial(" mechanism='PLAIN'>AGE=</auth>"), Ok(Some(b"\0a".to_vec())));
    assert_eq!(initial(" mechanism='PLAIN'>\n<![CDATA[AGE=]]>\n</auth>"), Ok(Some(b"\0a".to_vec())));
    assert_eq!(initial(" mechanism='PLAIN'>A GE=</auth>"), Err(Refusal::Encoding));
    assert_eq!(initial(" mechanism='PLAIN'>AGE</auth>"), Err(Refusal::Encoding));
    assert_eq!(initial(">AGE=</auth>"), Err(Refusal::Malformed));
}

#[test]
fn responses_and_aborts_are_read_in_both_profiles() {
    assert_eq!(sasl("response", "/>"), Ok(Step::Response(Vec::new())));
    assert_eq!(sasl("response", ">=</response>"), Ok(Step::Response(Vec::new())));
    assert_eq!(sasl("abort", "/>"), Ok(Step::Abort));
    assert_eq!(sasl("authenticate", " mechanism='PLAIN'/>"), Err(Refusal::Malformed));
    let response = step("<response xmlns='urn:xmpp:sasl:2'>AGE=</response>");
    assert_eq!(response, Some((Profile::Sasl2, Ok(Step::Response(b"\0a".to_vec())))));
    assert_eq!(step("<next xmlns='urn:xmpp:sasl:2' task='x'/>").unwrap().1, Err(Refusal::Malformed));
    assert_eq!(step("<auth xmlns='urn:x'/>"), None);
}

/// The examples of XEP-0388 section 2.3, with what is to be done inline.
#[test]
fn an_authentication_says_who_the_client_is_and_what_comes_next() {
    let read = step(
        "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='SCRAM-SHA-1-PLUS'>\
         <initial-response>cD10bHM=</initial-response>\
         <user-agent id='D4565FA7-4d72-4749-b3d3-740edbf87770'><software>AwesomeXMPP</software>\
         <device>Kiva&apos;s Phone</device></user-agent>\
         <bind xmlns='urn:xmpp:bind:0'><tag>a</tag></bind><fast xmlns='urn:xmpp:fast:0' count='1'/></authenticate>",
    );
    let Some((Profile::Sasl2, Ok(Step::Start(start)))) = read else { panic!("{read:?}") };
    assert_eq!(start.mechanism, "SCRAM-SHA-1-PLUS");
    assert_eq!(start.initial_response.as_deref(), Some(&b"p=tls"[..]));
    let agent = start.user_agent.unwrap();
    assert_eq!(agent.id.as_deref(), Some("d4565fa7-4d72-4749-b3d3-740edbf87770"));
    assert_eq!(
        (agent.software.as_deref(), agent.device.as_deref()),
        (Some("AwesomeXMPP"), Some("Kiva's Phone"))
    );
    let inline: Vec<_> = start.inline.iter().map(|it| (it.namespace(), it.name())).collect();
    assert_eq!(inline, [("urn:xmpp:bind:0", "bind"), ("urn:xmpp:fast:0", "fast")]);
    assert_eq!(start.inline[0].text_of("urn:xmpp:bind:0", "tag").as_deref(), Some("a"));
    let bad = "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='x'><user-agent id='1'/></authenticate>";
    assert_eq!(step(bad).unwrap().1, Err(Refusal::Malformed));
}

#[test]
fn nothing_that_is_secret_is_printed() {
    let step = Step::Start(Start {
        mechanism: "PLAIN".into(),
        initial_response: Some(b"\0tim\0secret".to_vec()),
        user_agent: None,
        inline: Vec::new(),
    });
    assert_eq!(format!("{step:?}"), "Start { mechanism: \"PLAIN\", .. }");
    assert_eq!(format!("{:?}", Step::Response(b"secret".to_vec())), "Response");
    assert_eq!(format!("{:?}", Plain::read(b"\0tim\0secret", "x").unwrap()), "Plain { .. }");
}

fn written(write: impl FnOnce(&mut Writer<'_>)) -> String {
    let mut xml = Writer::new();
    write(&mut xml);
    xml.finish()
}

#[test]
fn the_server_speaks_both_profiles() {
    let mechanisms = [Mechanism::ScramSha1Plus, Mechanism::Plain];
    assert_eq!(
        written(|xml| Profile::Sasl.write_feature(&mechanisms, "", xml)),
        "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1-PLUS</mechanism>\
         <mechanism>PLAIN</mechanism></mechanisms>"
    );
    assert_eq!(
        written(|xml| Profile::Sasl2.write_feature(&mechanisms[1..], "<sm xmlns='urn:xmpp:sm:3'/>", xml)),
        "<authentication xmlns='urn:xmpp:sasl:2'><mechanism>PLAIN</mechanism>\
         <inline><sm xmlns='urn:xmpp:sm:3'/></inline></authentication>"
    );
    assert_eq!(
        written(|xml| BindingType::write_feature(&bindings().types(), xml)),
        "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/>\
         <channel-binding type='tls-server-end-point'/></sasl-channel-binding>"
    );
    assert_eq!(
        written(|xml| Profile::Sasl.write_challenge(b"\0a", xml)),
        "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>AGE=</challenge>"
    );
    assert_eq!(
        written(|xml| Profile::Sasl.write_success(None, "a@b", "<c/>", xml)),
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'></success>"
    );
    assert_eq!(
        written(|xml| Profile::Sasl2.write_success(Some(b"\0a"), "a@b", "<c xmlns='d'/>", xml)),
        "<success xmlns='urn:xmpp:sasl:2'><additional-data>AGE=</additional-data>\
         <authorization-identifier>a@b</authorization-identifier><c xmlns='d'/></success>"
    );
    assert_eq!(
        written(|xml| Profile::Sasl.write_failure(Failure::NotAuthorized, None, xml)),
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>"
    );
    assert_eq!(
        written(|xml| Profile::Sasl2.write_failure(Refusal::Encoding.failure(), Some("no"), xml)),
        "<failure xmlns='urn:xmpp:sasl:2'><incorrect-encoding xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>\
         <text xml:lang='en'>no</text></failure>"
    );
    assert!(step(&written(|xml| Profile::Sasl2.write_challenge(b"", xml))).is_some());
    assert_eq!(Profile::Sasl.namespace(), ns::SASL);
}
