//! What was measured of which server.

use super::{contender::Contender, wire::Mechanism};
use std::collections::BTreeMap;

/// Whether streams are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Link {
    Plain,
    Tls,
}

impl Link {
    pub(crate) const ALL: [Self; 2] = [Self::Plain, Self::Tls];

    pub(crate) fn has_tls(self) -> bool {
        self == Self::Tls
    }

    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Tls => "TLS",
        }
    }
}

/// Something that is measured of each server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Measure {
    /// Processor time of a message between two people at the given rate.
    PacedCost(Link),
    /// How long such a message takes: half of them at most this.
    PacedP50(Link),
    /// And 99 of a hundred.
    PacedP99(Link),
    /// Processor time of a message between two people, as many as possible.
    DirectCost(Link),
    DirectRate(Link),
    /// Processor time of each delivery in groups of a hundred.
    GroupCost,
    GroupRate,
    /// Processor time of a message to somebody who is not there.
    OfflineCost,
    OfflineRate,
    /// Memory of an idle connection.
    IdleBytes(Link),
    /// Processor time of a sign-in.
    SignIn(Link, Mechanism),
    Lost,
    Doubled,
    Late,
}

impl Measure {
    pub(crate) fn name(self) -> String {
        match self {
            Self::PacedCost(link) => format!("1:1 at the given rate, {}, processor time each", link.name()),
            Self::PacedP50(link) => format!("1:1 at the given rate, {}, delivery p50", link.name()),
            Self::PacedP99(link) => format!("1:1 at the given rate, {}, delivery p99", link.name()),
            Self::DirectCost(link) => format!("1:1 at the maximum, {}, processor time each", link.name()),
            Self::DirectRate(link) => format!("1:1 at the maximum, {}, messages", link.name()),
            Self::GroupCost => "groups of 100, processor time each delivery".to_owned(),
            Self::GroupRate => "groups of 100, deliveries".to_owned(),
            Self::OfflineCost => "stored for somebody offline, processor time each".to_owned(),
            Self::OfflineRate => "stored for somebody offline, messages".to_owned(),
            Self::IdleBytes(link) => format!("idle connection, {}, memory", link.name()),
            Self::SignIn(link, how) => format!("sign-in, {}, {}, processor time", how.name(), link.name()),
            Self::Lost => "messages lost".to_owned(),
            Self::Doubled => "messages doubled".to_owned(),
            Self::Late => "messages out of order".to_owned(),
        }
    }

    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::PacedCost(_) | Self::DirectCost(_) | Self::GroupCost | Self::OfflineCost => "us",
            Self::PacedP50(_) | Self::PacedP99(_) | Self::SignIn(..) => "ms",
            Self::DirectRate(_) | Self::GroupRate | Self::OfflineRate => "/s",
            Self::IdleBytes(_) => "B",
            Self::Lost | Self::Doubled | Self::Late => "",
        }
    }
}

/// Everything that was measured.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    values: BTreeMap<(Measure, Contender), f64>,
}

impl Figures {
    pub(crate) fn set(&mut self, measure: Measure, contender: Contender, value: f64) {
        self.values.insert((measure, contender), value);
    }

    pub(crate) fn get(&self, measure: Measure, contender: Contender) -> Option<f64> {
        self.values.get(&(measure, contender)).copied()
    }

    /// How much a server costs when ours costs 1.
    pub(crate) fn times_ours(&self, measure: Measure, theirs: Contender) -> Option<f64> {
        Some(self.get(measure, theirs)? / self.get(measure, Contender::Parlance)?)
    }

    /// Everything in one table: a line for each measure, a column for each server.
    pub(crate) fn table(&self, number: impl Fn(f64) -> String) -> String {
        let columns: Vec<Contender> = Contender::ALL
            .into_iter()
            .filter(|one| self.values.keys().any(|(_, other)| one == other))
            .collect();
        let line = |name: &str, unit: &str, cells: Vec<String>| {
            let cells: String = cells.iter().map(|cell| format!("{cell:>12}")).collect();
            format!("{name:58} {unit:3}{cells}").trim_end().to_owned() + "\n"
        };
        let heads = [0, 1].map(|which| {
            line("", "", columns.iter().map(|column| column.heads()[which].to_owned()).collect())
        });
        let mut measures: Vec<Measure> = self.values.keys().map(|(measure, _)| *measure).collect();
        measures.dedup();
        let lines = measures.into_iter().map(|measure| {
            let cell = |column: &Contender| self.get(measure, *column).map_or("-".to_owned(), &number);
            line(&measure.name(), measure.unit(), columns.iter().map(cell).collect())
        });
        heads.into_iter().chain(lines).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Figures {
        let mut figures = Figures::default();
        figures.set(Measure::GroupCost, Contender::Parlance, 4.0);
        figures.set(Measure::GroupCost, Contender::EjabberdMnesia, 60.0);
        figures.set(Measure::Lost, Contender::Parlance, 0.0);
        figures
    }

    #[test]
    fn a_server_is_compared_with_ours_when_both_were_measured() {
        assert_eq!(figures().times_ours(Measure::GroupCost, Contender::EjabberdMnesia), Some(15.0));
        assert_eq!(figures().times_ours(Measure::GroupCost, Contender::Prosody), None);
        assert_eq!(figures().times_ours(Measure::Lost, Contender::EjabberdMnesia), None);
    }

    #[test]
    fn the_table_has_a_column_for_each_server_that_was_measured() {
        let table = figures().table(|value| value.to_string());
        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[0], ["Parlance", "ejabberd"]);
        assert_eq!(lines[1], ["Mnesia"]);
        assert_eq!(lines[2].iter().rev().take(3).collect::<Vec<_>>(), [&"60", &"4", &"us"]);
        assert_eq!(lines[3].iter().rev().take(2).collect::<Vec<_>>(), [&"-", &"0"]);
    }
}
