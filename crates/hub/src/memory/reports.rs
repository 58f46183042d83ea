use super::MemoryStore;
use crate::ports::{Report, ReportBounds, ReportId, Reports, StoreError};
use async_trait::async_trait;
use parlance_core::id::{ConversationId, PrincipalId};
use std::collections::BTreeMap;

#[async_trait]
impl Reports for MemoryStore {
    async fn keep_report(&self, report: Report, bounds: ReportBounds) -> Result<usize, StoreError> {
        let reports = &mut self.tables().reports;
        let reporter = report.reporter;
        reports.insert(report.id, report);
        let before = reports.len();
        give_way(reports, bounds.per_reporter, |report| report.reporter == reporter);
        give_way(reports, bounds.total, |_| true);
        Ok(before - reports.len())
    }

    async fn list_reports(&self, before: Option<ReportId>, limit: usize) -> Result<Vec<Report>, StoreError> {
        let tables = self.tables();
        let newest_first = tables.reports.values().rev();
        let older = newest_first.filter(|report| before.is_none_or(|before| report.id < before));
        Ok(older.take(limit).cloned().collect())
    }

    async fn find_report(&self, id: ReportId) -> Result<Option<Report>, StoreError> {
        Ok(self.tables().reports.get(&id).cloned())
    }

    async fn settle_report(&self, id: ReportId, conversation: ConversationId) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let report = tables.reports.get_mut(&id).filter(|report| !report.settled.contains(&conversation));
        let is_news = report.is_some();
        report.into_iter().for_each(|report| report.settled.push(conversation));
        Ok(is_news)
    }

    async fn remove_report(&self, id: ReportId) -> Result<bool, StoreError> {
        Ok(self.tables().reports.remove(&id).is_some())
    }

    async fn erase_reports(&self, reporter: PrincipalId) -> Result<(), StoreError> {
        self.tables().reports.retain(|_, report| report.reporter != reporter);
        Ok(())
    }
}

/// Removes the oldest of some until as many are left as may.
fn give_way(reports: &mut BTreeMap<ReportId, Report>, max: usize, is_meant: impl Fn(&Report) -> bool) {
    let meant: Vec<_> = reports.values().filter(|report| is_meant(report)).map(|report| report.id).collect();
    for id in &meant[..meant.len().saturating_sub(max)] {
        reports.remove(id);
    }
}
