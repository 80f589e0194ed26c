//! Plans, commits, operations, the journal.

use nepho_core::{plan::Nonce, provider::ActionRequest};
use nepho_wire::{
    journal::{Journal, JournalEntry, ListJournalRequest, Verification},
    limits::LongText,
    operation::{ListOperationsRequest, Operations},
    plan::{CommitPlanRequest, CommitReply, Plan, PlanActionRequest},
    status::Nothing,
};
use tauri::State;

use crate::{
    app_loader::AppLoader,
    command_error::{Reply, refused},
    convert,
};

/// What an action would do; sends nothing.
#[tauri::command]
pub async fn plan_action(loader: State<'_, AppLoader>, request: PlanActionRequest) -> Reply<Plan> {
    let action = ActionRequest { action: request.action.into(), discard_local_disks: request.discard_local_disks };
    let targets = convert::targets(request.target);
    let plan = loader.app().await?.plan(action, targets).await.map_err(refused)?;
    Ok((&plan).into())
}

/// Carries a plan out. Committing is the click that a plan may ask for.
#[tauri::command]
pub async fn commit_plan(loader: State<'_, AppLoader>, request: CommitPlanRequest) -> Reply<CommitReply> {
    let nonce = Nonce(request.nonce.into_string());
    let typed = request.confirmation.as_ref().map(LongText::as_str);
    let outcome = loader.app().await?.commit(&nonce, typed, true).await;
    convert::commit(outcome)
}

/// The last operations, newest first.
#[tauri::command]
pub async fn list_operations(loader: State<'_, AppLoader>, request: ListOperationsRequest) -> Reply<Operations> {
    let operations = loader.app().await?.operations(request.limit.get()).await.map_err(refused)?;
    Ok(Operations::new(&operations))
}

/// A page of the journal, newest first.
#[tauri::command]
pub async fn list_journal(loader: State<'_, AppLoader>, request: ListJournalRequest) -> Reply<Journal> {
    let entries = loader.app().await?.journal(request.limit.get(), request.before).await.map_err(refused)?;
    Ok(Journal { entries: entries.iter().map(JournalEntry::from).collect() })
}

/// Checks the journal's chain.
#[tauri::command]
pub async fn verify_journal(loader: State<'_, AppLoader>, request: Nothing) -> Reply<Verification> {
    let Nothing {} = request;
    let found = loader.app().await?.verify_journal().await.map_err(refused)?;
    Ok((&found).into())
}
