//! `nepho start|stop|reboot|suspend|resume|terminate`: plan, confirm, commit, wait.

use nepho_app::App;
use nepho_core::{
    ResourceKey, Timestamp,
    plan::{Confirmation, Plan, PlannedTarget, Refusal, Verdict},
    provider::ActionRequest,
    report::{TargetResult, TargetStatus},
    request::Targets,
};
use nepho_wire::cli::ActionJson;

use crate::{
    args::Act,
    exit::{CliError, Code, code_of},
    messages,
    output::{self, Output},
    table::Table,
};

pub async fn run(app: &App, request: ActionRequest, args: Act, output: Output) -> Result<Code, CliError> {
    app.ready().await;
    let targets = args.targets.iter().map(|text| Ok(super::show::target(app, text)?.key().clone()));
    let keys: Vec<ResourceKey> = targets.collect::<Result<_, CliError>>()?;
    let plan = app.plan(request, Targets::Keys(keys)).await?;
    if args.plan {
        output.result(&ActionJson::new(&plan, &[], None), || people(&plan, &[], app.now()))?;
        let all = !plan.targets.is_empty() && refusals(&plan).count() == plan.targets.len();
        return Ok(if all { refused(&plan) } else { Code::Done });
    }
    if plan.eligible().next().is_none() {
        let watched = if args.wait { app.watch(&plan, args.timeout).await } else { Vec::new() };
        output.result(&ActionJson::new(&plan, &watched, None), || people(&plan, &watched, app.now()))?;
        return Ok(if refusals(&plan).next().is_some() { refused(&plan) } else { at_rest(&plan, &watched, args.wait) });
    }
    let (typed, clicked) = confirm(&plan, &args, output, app.now())?;
    let operation = app.commit(&plan.nonce, typed.as_deref(), clicked).await?;
    let results = if args.wait {
        let (results, watched) = tokio::join!(app.wait(&operation, args.timeout), app.watch(&plan, args.timeout));
        merged(results, watched)
    } else {
        app.submitted(&operation).await
    };
    let document = ActionJson::new(&plan, &results, Some(&operation));
    output.result(&document, || people(&plan, &results, app.now()))?;
    Ok(code(&plan, &results, args.wait))
}

/// Returns the operator's confirmation: from the command line, or asked on the terminal.
fn confirm(plan: &Plan, args: &Act, output: Output, now: Timestamp) -> Result<(Option<String>, bool), CliError> {
    if args.confirm.as_deref().is_some_and(|given| contradicts(plan, given)) {
        return Err(CliError::refused("the confirmation does not match; nothing was sent"));
    }
    match &plan.confirmation {
        Confirmation::None => Ok((args.confirm.clone(), true)),
        Confirmation::Click if args.yes || args.confirm.is_some() => Ok((args.confirm.clone(), true)),
        Confirmation::Click if output.is_interactive() => {
            output::warn(&people(plan, &[], now));
            let answer = output::ask(&format!("{} {}? [y/N]", plan.request.action(), plan.eligible().count()))?;
            if answer.eq_ignore_ascii_case("y") {
                Ok((None, true))
            } else {
                Err(CliError::usage("not confirmed; nothing was sent"))
            }
        }
        Confirmation::Click => Err(CliError::usage("confirm with --yes; nothing was sent")),
        Confirmation::Type { .. } if args.confirm.is_some() => Ok((args.confirm.clone(), args.yes)),
        Confirmation::Type { accepted } if output.is_interactive() => {
            output::warn(&people(plan, &[], now));
            let answer = output::ask(&format!("type {} to {}:", suggested(accepted), plan.request.action()))?;
            Ok((Some(answer), true))
        }
        Confirmation::Type { accepted } => {
            Err(CliError::usage(format!("confirm with --confirm {:?}; nothing was sent", suggested(accepted))))
        }
    }
}

/// Returns true if `--confirm` names another target than a plan that asks for no typing: `--confirm`
/// confirms the target that it names, or nothing.
fn contradicts(plan: &Plan, given: &str) -> bool {
    let eligible: Vec<&PlannedTarget> = plan.eligible().collect();
    match (&plan.confirmation, eligible.as_slice()) {
        // The engine compares it with the accepted texts.
        (Confirmation::Type { .. }, _) => false,
        (_, [one]) => given != one.name && given != one.key.native.to_string(),
        (_, many) => given.rsplit(' ').next() != Some(many.len().to_string().as_str()),
    }
}

/// Returns the text to type: the first accepted one without hidden characters. The id has none.
fn suggested(accepted: &[String]) -> &str {
    let plain = accepted.iter().find(|text| messages::shown(text) == text.as_str());
    plain.or(accepted.last()).map_or("", String::as_str)
}

fn refusals(plan: &Plan) -> impl Iterator<Item = &Refusal> {
    plan.targets.iter().filter_map(|target| match &target.verdict {
        Verdict::Refused(refusal) => Some(refusal),
        Verdict::Eligible | Verdict::Already | Verdict::Underway => None,
    })
}

/// The exit code of a refused plan: 5 when no account could sign in to read its targets.
fn refused(plan: &Plan) -> Code {
    let signed_out =
        |refusal: &Refusal| matches!(refusal, Refusal::ReadFailed(failure) if code_of(failure) == Code::NotSignedIn);
    if refusals(plan).all(signed_out) { Code::NotSignedIn } else { Code::Refused }
}

/// Puts the results of the targets that were on their way already in their places.
fn merged(mut results: Vec<TargetResult>, watched: Vec<TargetResult>) -> Vec<TargetResult> {
    for seen in watched {
        match results.iter_mut().find(|result| result.key == seen.key) {
            Some(result) => *result = seen,
            None => results.push(seen),
        }
    }
    results
}

/// The exit code where nothing had to be sent. With `--wait`, each target that was on its way must
/// have been seen at its goal.
fn at_rest(plan: &Plan, watched: &[TargetResult], waited: bool) -> Code {
    if !waited {
        return Code::Done;
    }
    let underway = plan.targets.iter().filter(|target| target.verdict == Verdict::Underway).count();
    let done = watched.iter().filter(|result| result.status == TargetStatus::Done).count();
    let failed = watched.iter().filter(|result| result.status == TargetStatus::Failed).count();
    match underway {
        _ if done == underway => Code::Done,
        _ if failed == underway => Code::Failed,
        _ => Code::Partial,
    }
}

/// The exit code of what was sent. All well: 0. All failed: 1. Otherwise 3.
fn code(plan: &Plan, results: &[TargetResult], waited: bool) -> Code {
    let underway = |result: &TargetResult| {
        plan.targets.iter().any(|target| target.key == result.key && target.verdict == Verdict::Underway)
    };
    let well = |result: &TargetResult| match result.status {
        TargetStatus::Done | TargetStatus::Already => true,
        // With --wait, a target whose goal was not observed is no success.
        TargetStatus::Sent => !waited,
        TargetStatus::NotSent => !waited && underway(result),
        TargetStatus::Refused | TargetStatus::Failed | TargetStatus::Unknown => false,
    };
    if results.iter().all(well) {
        return Code::Done;
    }
    let failed = |result: &TargetResult| match result.status {
        TargetStatus::Failed => true,
        // Refused by the cloud, not by the plan.
        TargetStatus::Refused => result.failure.is_some(),
        TargetStatus::NotSent => !underway(result),
        _ => false,
    };
    if results.iter().all(failed) { Code::Failed } else { Code::Partial }
}

fn people(plan: &Plan, results: &[TargetResult], now: Timestamp) -> String {
    let mut table = Table::new(&["NAME", "ID", "ACCOUNT", "STATE", "PLAN", "RESULT", "NOTES"]);
    for target in &plan.targets {
        let result = results.iter().find(|result| result.key == target.key);
        let reason = match &target.verdict {
            Verdict::Refused(refusal) => Some(refusal),
            Verdict::Eligible | Verdict::Already | Verdict::Underway => None,
        };
        let remedy = reason.and_then(messages::remedy).map(ToOwned::to_owned);
        let failure = result.and_then(|result| result.failure.as_ref()).map(messages::failure);
        let warnings = target.warnings.iter().map(|warning| messages::warning(warning, now));
        let notes: Vec<String> =
            reason.map(messages::refusal).into_iter().chain(remedy).chain(failure).chain(warnings).collect();
        table.row([
            if target.name.is_empty() { "-".to_owned() } else { target.name.clone() },
            target.key.native.to_string(),
            target.account_name.clone(),
            messages::state(target.state),
            messages::verdict(&target.verdict),
            result.map_or_else(|| "-".to_owned(), outcome),
            notes.join(" "),
        ]);
    }
    table.to_string()
}

fn outcome(result: &TargetResult) -> String {
    match result.observed_state {
        Some(state) => format!("{} ({})", messages::status(result.status), messages::state(state)),
        None => messages::status(result.status),
    }
}

#[cfg(test)]
mod tests {
    use nepho_core::State;

    use super::*;

    fn result(status: TargetStatus, observed_state: Option<State>) -> TargetResult {
        let key = "aws:1:eu-west-1:instance:i-1".parse().expect("a key");
        TargetResult { key, status, observed_state, failure: None }
    }

    fn plan(verdict: Verdict) -> Plan {
        let target = PlannedTarget {
            key: "aws:1:eu-west-1:instance:i-1".parse().expect("a key"),
            zone: None,
            name: "web-1".to_owned(),
            account: nepho_core::AccountId::new("a"),
            account_name: "lab".to_owned(),
            state: State::Stopping,
            raw_state: "stopping".to_owned(),
            prod: false,
            offers: nepho_core::plan::OptionOffers::default(),
            verdict,
            warnings: Vec::new(),
        };
        Plan {
            nonce: nepho_core::plan::Nonce("n".to_owned()),
            request: nepho_core::Action::Stop.into(),
            targets: vec![target],
            confirmation: Confirmation::None,
            expires_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn exit_code_tells_sent_from_done() {
        let done = result(TargetStatus::Done, Some(State::Stopped));
        let sent = result(TargetStatus::Sent, None);
        let failed = result(TargetStatus::Failed, None);
        let not_sent = result(TargetStatus::NotSent, None);
        let unknown = result(TargetStatus::Unknown, None);
        let stop = |results: &[TargetResult], waited| code(&plan(Verdict::Eligible), results, waited);
        assert_eq!(stop(std::slice::from_ref(&done), true), Code::Done);
        assert_eq!(stop(std::slice::from_ref(&sent), false), Code::Done);
        assert_eq!(stop(std::slice::from_ref(&sent), true), Code::Partial, "waited in vain");
        assert_eq!(stop(&[done.clone(), failed.clone()], true), Code::Partial);
        assert_eq!(stop(&[failed.clone(), failed.clone()], true), Code::Failed);
        assert_eq!(stop(&[failed, not_sent.clone()], true), Code::Failed);
        assert_eq!(stop(&[done, not_sent], false), Code::Partial);
        assert_eq!(stop(&[unknown], true), Code::Partial);
        assert_eq!(stop(&[result(TargetStatus::Already, Some(State::Stopped))], true), Code::Done);
    }

    #[test]
    fn underway_target_is_a_success_unless_it_is_waited_for() {
        let underway = plan(Verdict::Underway);
        assert_eq!((at_rest(&underway, &[], false), at_rest(&underway, &[], true)), (Code::Done, Code::Partial));
        let seen = |status| [result(status, Some(State::Stopped))];
        assert_eq!(at_rest(&underway, &seen(TargetStatus::Done), true), Code::Done);
        assert_eq!(at_rest(&underway, &seen(TargetStatus::Failed), true), Code::Failed);
        assert_eq!(at_rest(&underway, &seen(TargetStatus::Unknown), true), Code::Partial);
        assert_eq!(at_rest(&plan(Verdict::Already), &[], true), Code::Done);
        let results = [result(TargetStatus::NotSent, Some(State::Stopping))];
        assert_eq!(code(&underway, &results, false), Code::Done);
        assert_eq!(code(&underway, &results, true), Code::Partial);
    }
}
