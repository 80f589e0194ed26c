//! Plans, commits, operations, the journal.

use nepho_core::{plan::Nonce, provider::Order};
use nepho_wire::{
    journal::{Journal, JournalEntry, ListJournalRequest, Verification},
    limits::LongText,
    operation::{ListOperationsRequest, Operations},
    plan::{CommitPlanRequest, CommitReply, Plan, PlanActionRequest},
    status::Nothing,
};
use tauri::State;

use crate::{
    convert,
    opening::Opening,
    refusal::{Reply, refused},
};

/// What an action would do; sends nothing.
#[tauri::command]
pub async fn plan_action(opening: State<'_, Opening>, request: PlanActionRequest) -> Reply<Plan> {
    let order = Order { action: request.action.into(), discard_local_disks: request.discard_local_disks };
    let targets = convert::targets(request.target);
    let plan = opening.app().await?.plan(order, targets).await.map_err(refused)?;
    Ok((&plan).into())
}

/// Carries a plan out. Committing is the click that a plan may ask for.
#[tauri::command]
pub async fn commit_plan(opening: State<'_, Opening>, request: CommitPlanRequest) -> Reply<CommitReply> {
    let nonce = Nonce(request.nonce.into_string());
    let typed = request.confirmation.as_ref().map(LongText::as_str);
    let outcome = opening.app().await?.commit(&nonce, typed, true).await;
    convert::commit(outcome)
}

/// The last operations, newest first.
#[tauri::command]
pub async fn list_operations(opening: State<'_, Opening>, request: ListOperationsRequest) -> Reply<Operations> {
    let operations = opening.app().await?.operations(request.limit.get()).await.map_err(refused)?;
    Ok(Operations::new(&operations))
}

/// A page of the journal, newest first.
#[tauri::command]
pub async fn list_journal(opening: State<'_, Opening>, request: ListJournalRequest) -> Reply<Journal> {
    let entries = opening.app().await?.journal(request.limit.get(), request.before).await.map_err(refused)?;
    Ok(Journal { entries: entries.iter().map(JournalEntry::from).collect() })
}

/// Checks the journal's chain.
#[tauri::command]
pub async fn verify_journal(opening: State<'_, Opening>, request: Nothing) -> Reply<Verification> {
    let Nothing {} = request;
    let found = opening.app().await?.verify_journal().await.map_err(refused)?;
    Ok((&found).into())
}
