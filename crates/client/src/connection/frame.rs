use parlance_api::{error::Problem, frame::Push};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A frame from the server.
#[derive(Debug)]
pub(super) enum Frame {
    Answer {
        id: u64,
        result: Result<Box<RawValue>, Problem>,
    },
    Push(Box<Push>),
    /// The server could not read a frame of ours and cannot say which.
    Complaint(Problem),
    /// Something a later version of the server says.
    Unknown,
}

#[derive(Deserialize)]
struct Shape {
    id: Option<u64>,
    ok: Option<Box<RawValue>>,
    error: Option<Problem>,
}

#[derive(Deserialize)]
struct Pushed {
    #[serde(rename = "push")]
    _kind: String,
}

/// Reads one frame. What is no frame at all is an error; an unknown push is not.
pub(super) fn decode(text: &str) -> Result<Frame, serde_json::Error> {
    if serde_json::from_str::<Pushed>(text).is_ok() {
        return Ok(serde_json::from_str(text).map_or(Frame::Unknown, |push| Frame::Push(Box::new(push))));
    }
    let Shape { id, ok, error } = serde_json::from_str(text)?;
    Ok(match (id, ok, error) {
        (Some(id), _, Some(problem)) => Frame::Answer { id, result: Err(problem) },
        (Some(id), Some(ok), None) => Frame::Answer { id, result: Ok(ok) },
        (None, _, Some(problem)) => Frame::Complaint(problem),
        _ => Frame::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlance_api::{error::ErrorCode, model::AccountChange};

    #[test]
    fn answers_refusals_and_pushes_are_told_apart() {
        let answer = decode(r#"{"id":3,"ok":{"a":1}}"#).unwrap();
        assert!(matches!(answer, Frame::Answer { id: 3, result: Ok(ok) } if ok.get() == r#"{"a":1}"#));
        let problem = serde_json::to_string(&Problem::new(ErrorCode::LimitRate)).unwrap();
        let refusal = decode(&format!(r#"{{"id":4,"error":{problem}}}"#)).unwrap();
        assert!(
            matches!(refusal, Frame::Answer { id: 4, result: Err(problem) } if problem.code == "limit.rate")
        );
        assert!(matches!(decode(&format!(r#"{{"error":{problem}}}"#)).unwrap(), Frame::Complaint(_)));
        assert!(matches!(decode(r#"{"push":"mark","mark":"m"}"#).unwrap(), Frame::Push(_)));
    }

    #[test]
    fn what_a_later_server_says_is_passed_over() {
        assert!(matches!(decode(r#"{"push":"smoke_signal","colour":"grey"}"#).unwrap(), Frame::Unknown));
        assert!(decode("hello").is_err());
    }

    #[test]
    fn every_push_of_the_protocol_is_read_as_it_was_written() {
        let change = AccountChange::Read { conversation: "c".into(), read_seq: 4 };
        let push = Push::Account { change };
        let text = serde_json::to_string(&push).unwrap();
        assert!(matches!(decode(&text).unwrap(), Frame::Push(read) if *read == push), "{text}");
    }
}
