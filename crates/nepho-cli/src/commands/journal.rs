//! `nepho journal` and `nepho journal verify`.

use nepho_app::App;
use nepho_core::journal::{JournalEntry, JournalEvent, Verification};
use nepho_wire::cli::{JournalRow, VerifyJson};

use crate::{
    args::{Journal, JournalCommand},
    exit::{CliError, Code},
    messages,
    output::Output,
    table::Table,
};

pub async fn run(app: &App, args: &Journal, output: Output) -> Result<Code, CliError> {
    match args.command {
        Some(JournalCommand::Verify) => verify(app, output).await,
        None => list(app, args.limit, output).await,
    }
}

async fn verify(app: &App, output: Output) -> Result<Code, CliError> {
    let found = app.verify_journal().await?;
    output.result(&VerifyJson::from(&found), || match &found {
        Verification::Intact { entries: 0, .. } => "the journal is empty".to_owned(),
        Verification::Intact { entries, head } => format!("{entries} entries, intact; head {head}"),
        Verification::Broken { seq, reason } => format!("broken at entry {seq}: {reason}"),
    })?;
    Ok(match found {
        Verification::Intact { .. } => Code::Done,
        Verification::Broken { .. } => Code::Failed,
    })
}

async fn list(app: &App, limit: usize, output: Output) -> Result<Code, CliError> {
    let entries = app.journal(limit, None).await?;
    let document: Vec<JournalRow> = entries.iter().map(JournalRow::from).collect();
    output.table(&document, || table(&entries), "the journal is empty")?;
    Ok(Code::Done)
}

fn table(entries: &[JournalEntry]) -> Table {
    let mut table = Table::new(&["SEQ", "AT", "ACTION", "EVENT", "NAME", "KEY", "NOTES"]);
    for JournalEntry { seq, entry } in entries {
        let notes = match &entry.event {
            JournalEvent::NotSent(failure)
            | JournalEvent::Refused(failure)
            | JournalEvent::Failed(failure)
            | JournalEvent::Unknown(failure) => failure.message.clone(),
            JournalEvent::Contradicted { reason, .. } => reason.clone().unwrap_or_default(),
            JournalEvent::Sent(_)
            | JournalEvent::TimedOut
            | JournalEvent::Accepted { .. }
            | JournalEvent::Done { .. } => String::new(),
        };
        table.row([
            seq.to_string(),
            entry.at.to_string(),
            entry.action.to_string(),
            messages::event(&entry.event),
            entry.name.clone(),
            entry.key.to_string(),
            notes,
        ]);
    }
    table
}
