//! Finds an operation and carries it out, the same for HTTP and WebSocket.

use crate::{
    context::Context,
    errors::{self, problem},
    ops,
};
use bytes::Bytes;
use parlance_api::{
    error::{ErrorCode, Problem},
    operation::{Cost, Description, Needs, Operation},
};
use parlance_hub::{
    HubError,
    limits::{Limit, LimitKey},
};
use serde_json::value::RawValue;
use std::{collections::HashMap, future::Future, pin::Pin, time::Duration};

/// What an operation does.
pub(crate) trait Handle: Operation {
    fn handle(self, context: &Context) -> impl Future<Output = Result<Self::Answer, Problem>> + Send;
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<Bytes, Problem>> + Send + 'a>>;

/// One operation with its handler.
#[derive(Clone, Copy)]
pub(crate) struct Handler {
    pub(crate) description: Description,
    run: for<'a> fn(&'a Context, &'a RawValue) -> Running<'a>,
}

/// All operations by name.
pub(crate) struct Table {
    handlers: HashMap<&'static str, Handler>,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self {
            handlers: ops::handlers()
                .into_iter()
                .map(|handler| (handler.description.name, handler))
                .collect(),
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Handler> {
        self.handlers.get(name)
    }
}

impl Handler {
    pub(crate) fn of<O: Handle>() -> Self {
        Self { description: O::DESCRIPTION, run: |context, args| Box::pin(run::<O>(context, args)) }
    }

    /// Checks the conditions, reads the request, does it, and writes the answer.
    pub(crate) async fn call(&self, context: &Context, args: &RawValue) -> Result<Bytes, Problem> {
        if self.description.needs == Needs::User && context.caller.is_none() {
            return Err(ErrorCode::AuthRequired.into());
        }
        context.pay(self.description.cost).map_err(problem)?;
        let deadline = tokio::time::timeout(CALL_TIME_MAX, (self.run)(context, args));
        let result = deadline.await.unwrap_or_else(|_| Err(ErrorCode::ServerUnavailable.into()));
        count(self.description.name, &result);
        result
    }
}

/// Longest time one call may take.
const CALL_TIME_MAX: Duration = Duration::from_secs(30);

async fn run<O: Handle>(context: &Context, args: &RawValue) -> Result<Bytes, Problem> {
    check_is_object(args)?;
    let request: O = serde_json::from_str(args.get()).map_err(malformed)?;
    let answer = request.handle(context).await?;
    Ok(Bytes::from(serde_json::to_vec(&answer).expect("invariant: answers have string keys only")))
}

/// Refuses a list of values in the order of the fields, which the parser would take.
pub(crate) fn check_is_object(args: &RawValue) -> Result<(), Problem> {
    if args.get().starts_with('{') {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::RequestMalformed).with_detail("a request is an object"))
}

/// What is wrong with the JSON, in the parser's words.
pub(crate) fn malformed(error: serde_json::Error) -> Problem {
    Problem::new(ErrorCode::RequestMalformed).with_detail(error.to_string())
}

fn count(operation: &'static str, result: &Result<Bytes, Problem>) {
    let code = result.as_ref().map_or_else(|problem| problem.code.clone(), |_| "ok".to_owned());
    metrics::counter!("parlance_operations_total", "operation" => operation, "code" => code).increment(1);
}

impl Context {
    /// The answer to what is no request of any operation; it costs as much as one that means something.
    pub(crate) fn refuse(&self, problem: Problem) -> Problem {
        self.pay(Cost::Read).map_or_else(errors::problem, |()| problem)
    }

    /// The answer to a name that no operation has.
    pub(crate) fn refuse_unknown(&self, operation: String) -> Problem {
        self.refuse(Problem::new(ErrorCode::RequestUnknownOperation).with_detail(operation))
    }

    /// Draws on the rate limits. Passwords, registrations, reports and look-ups of people and links draw on
    /// theirs in the hub, where it is known for whom.
    fn pay(&self, cost: Cost) -> Result<(), HubError> {
        let limits = self.hub().limits();
        let Some(caller) = self.caller else {
            return limits.take(Limit::Requests, LimitKey::Peer(self.peer));
        };
        limits.take(Limit::Requests, LimitKey::Device(caller.device))?;
        match cost {
            Cost::Message => limits.take(Limit::Messages, LimitKey::Device(caller.device)),
            Cost::Signal => limits.take(Limit::Signals, LimitKey::Device(caller.device)),
            Cost::Search => limits.take(Limit::Search, LimitKey::Account(caller.who)),
            Cost::Read
            | Cost::Write
            | Cost::SignIn
            | Cost::Register
            | Cost::Lookup
            | Cost::Link
            | Cost::Report => Ok(()),
        }
    }
}
