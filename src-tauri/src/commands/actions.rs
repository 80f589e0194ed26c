//! Plans, commits, operations, the journal.

use nepho_app::CommitError;
use nepho_core::plan::Nonce;
use nepho_wire::{
    failure::{CommandCode, CommandError},
    journal::{Journal, JournalEntry, ListJournalRequest, Verification},
    limits::LongText,
    operation::{ListOperationsRequest, Operations},
    plan::{CommitPlanRequest, CommitReply, Plan, PlanActionRequest},
    status::Nothing,
};
use tauri::State;

use crate::{
    app_loader::AppLoader,
    command_error::{Reply, contradictory, refused},
};

/// Plans an action; sends nothing.
#[tauri::command]
pub async fn plan_action(loader: State<'_, AppLoader>, request: PlanActionRequest) -> Reply<Plan> {
    let order = request.order().map_err(contradictory)?;
    let plan = loader.app().await?.plan(order, request.target.into()).await.map_err(refused)?;
    Ok((&plan).into())
}

/// Commits a plan. The command counts as the click that a plan may ask for.
#[tauri::command]
pub async fn commit_plan(loader: State<'_, AppLoader>, request: CommitPlanRequest) -> Reply<CommitReply> {
    let nonce = Nonce(request.nonce.into_string());
    let typed = request.confirmation.as_ref().map(LongText::as_str);
    match loader.app().await?.commit(&nonce, typed, true).await {
        Ok(operation) => Ok(CommitReply::Accepted { operation_id: operation.to_string() }),
        Err(CommitError::Refused(refusal)) => Ok(CommitReply::Refused { refusal: (&refusal).into() }),
        Err(error) => Err(CommandError::new(CommandCode::Internal, error.to_string())),
    }
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
