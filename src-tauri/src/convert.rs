//! Between the application's own shapes and the wire's. Core's and the index's are converted in
//! `nepho-wire`; these few are neither.

use std::time::Duration;

use nepho_app::{
    App, CacheFault, Changes, CommitError, Details, InventoryPage, OpenNote, PageAsk, SelectionChange, Settings,
    SettingsChange, ShownDocument, Status, Targets,
};
use nepho_core::{journal::OperationId, report::AddedProject};
use nepho_wire::{
    accounts::{Account, AddedProjects, FailedProject},
    failure::{CommandCode, CommandError},
    inventory::{self, InventoryWindow, QueryError, QueryInventoryRequest},
    limits::KeyText,
    plan::{CommitReply, PlanTarget},
    resource::{Document, OfferedAction, ResourceDetails},
    row::Row,
    selection, status,
    time::maybe,
};

use crate::command_error::Reply;

/// The question for a window of rows.
pub fn ask(request: &QueryInventoryRequest) -> PageAsk {
    PageAsk {
        query: request.query.as_str().to_owned(),
        sort: request.sort.into(),
        offset: usize::try_from(request.offset).unwrap_or(usize::MAX),
        limit: request.limit.get(),
    }
}

/// The answer to it; `query` is the text in which an error's place is counted.
pub fn window(page: &InventoryPage, query: &str) -> InventoryWindow {
    InventoryWindow {
        generation: page.generation,
        ready: page.ready,
        total: inventory::count(page.total),
        inventory_total: inventory::count(page.inventory_total),
        offset: inventory::count(page.offset),
        rows: page.rows.iter().map(|shown| Row::new(&shown.row, shown.selected)).collect(),
        facets: (&page.facets).into(),
        totals: inventory::state_totals(&page.facets),
        stale: inventory::count(page.stale),
        selection: (&page.selection).into(),
        error: page.error.as_ref().map(|error| QueryError::new(error, query)),
    }
}

/// A change of the selection.
pub fn selection(change: selection::SelectionChange) -> SelectionChange {
    use selection::SelectionChange as Wire;
    match change {
        Wire::Toggle { key } => SelectionChange::Toggle(key.into_key()),
        Wire::Set { keys } => SelectionChange::Set(keys.into_vec().into_iter().map(KeyText::into_key).collect()),
        Wire::Range { query, sort, from, to } => SelectionChange::Range {
            query: query.into_string(),
            sort: sort.into(),
            from: from.into_key(),
            to: to.into_key(),
        },
        Wire::All { query } => SelectionChange::All { query: query.into_string() },
        Wire::Clear {} => SelectionChange::Clear,
    }
}

/// One resource.
pub fn details(details: &Details) -> ResourceDetails {
    ResourceDetails {
        row: Row::new(&details.row, details.selected),
        realm: details.row.key.realm.to_string(),
        facts: (&details.cached.resource.facts).into(),
        actions: details
            .offers
            .iter()
            .map(|offer| OfferedAction { action: offer.action.into(), possible: offer.possible })
            .collect(),
        console: details.console,
        journal: details.journal.iter().map(Into::into).collect(),
    }
}

/// What an action is planned for.
pub fn targets(target: PlanTarget) -> Targets {
    match target {
        PlanTarget::Keys { keys } => Targets::Keys(keys.into_vec().into_iter().map(KeyText::into_key).collect()),
        PlanTarget::Selection { query, include_hidden } => {
            Targets::Selection { query: query.into_string(), include_hidden }
        }
        PlanTarget::Operation { operation_id } => Targets::Operation(OperationId::new(operation_id.into_string())),
    }
}

/// What became of a commit. A refusal is an answer.
pub fn commit(outcome: Result<OperationId, CommitError>) -> Reply<CommitReply> {
    match outcome {
        Ok(operation) => Ok(CommitReply::Accepted { operation_id: operation.to_string() }),
        Err(CommitError::Refused(refusal)) => Ok(CommitReply::Refused { refusal: (&refusal).into() }),
        Err(error) => Err(CommandError::new(CommandCode::Internal, error.to_string())),
    }
}

/// The provider's own description of a resource.
pub fn document(document: ShownDocument) -> Document {
    Document { json: document.json, as_of: maybe(document.as_of), whole: document.whole }
}

/// What became of each project. An account that is gone again by now is in neither list.
pub fn added_projects(app: &App, outcomes: Vec<AddedProject>) -> AddedProjects {
    let mut shown = AddedProjects { added: Vec::new(), failed: Vec::new() };
    for AddedProject { project, outcome } in outcomes {
        match outcome {
            Ok(account) => shown.added.extend(app.account_status(&account.id).ok().as_ref().map(Account::from)),
            Err(failure) => shown.failed.push(FailedProject { project, failure: (&failure).into() }),
        }
    }
    shown
}

/// How the application stands.
pub fn status(status: &Status) -> status::Status {
    status::Status {
        version: status.version.to_owned(),
        data_dir: status.data_dir.display().to_string(),
        ready: status.ready,
        accounts: u32::try_from(status.accounts).unwrap_or(u32::MAX),
        demo: status.demo,
        changes: changes(status.changes),
        totals: (&status.totals).into(),
        keyring: status.keyring.into(),
        notes: status.notes.iter().map(note).collect(),
    }
}

/// The generations.
pub fn changes(changes: Changes) -> status::Changes {
    status::Changes { inventory: changes.inventory, accounts: changes.accounts, operations: changes.operations }
}

fn note(note: &OpenNote) -> status::StartNote {
    match note {
        OpenNote::CacheRebuilt { fault, kept } => {
            status::StartNote::CacheRebuilt { newer: *fault == CacheFault::Newer, kept: kept.display().to_string() }
        }
        OpenNote::StateSalvaged { entries, lost, accounts, settings, kept } => status::StartNote::StateSalvaged {
            entries: *entries,
            lost: *lost,
            accounts: *accounts,
            settings: *settings,
            kept: kept.display().to_string(),
        },
    }
}

/// The settings; words that this version does not know count as not chosen.
pub fn settings(settings: &Settings) -> status::Settings {
    status::Settings {
        theme: status::Theme::from_stored(settings.theme.as_deref()),
        language: status::Language::from_stored(settings.language.as_deref()),
        density: status::Density::from_stored(settings.density.as_deref()),
        poll_interval_s: u32::try_from(settings.poll_interval.as_secs()).unwrap_or(u32::MAX),
    }
}

/// A change of settings.
pub fn settings_change(request: status::UpdateSettingsRequest) -> SettingsChange {
    SettingsChange {
        theme: request.theme.map(|choice| choice.as_str().to_owned()),
        language: request.language.map(|choice| choice.as_str().to_owned()),
        density: request.density.map(|choice| choice.as_str().to_owned()),
        poll_interval: request.poll_interval_s.map(|seconds| Duration::from_secs(seconds.into())),
    }
}
