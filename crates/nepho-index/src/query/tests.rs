//! Tests of the query language: accepted texts, rejected texts, and random texts.

use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::SortColumn;

fn printed(text: &str) -> String {
    Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_string()
}

#[test]
fn documented_query_parses_to_its_terms() {
    let text = "web state:running,stopped region:us-* account:prod tag:env=prod ip:10.0.3.0/24 -kind:instance \
                is:stale sort:-started_at";
    assert_eq!(printed(text), text);
    let query = Query::parse(text).expect("a query");
    assert_eq!(query.sort(), Some(Sort::by(SortColumn::StartedAt).descending()));
    assert_eq!(query.terms().len(), 8);
    let kind = &query.terms()[6];
    assert!(kind.is_negated());
    assert_eq!((&text[kind.span()], kind.key()), ("-kind:instance", Some("kind")));
}

#[test]
fn quotes_join_words_and_make_characters_literal() {
    for (text, canonical) in [
        (r#"tag:"team=web ops""#, r#"tag:team="web ops""#),
        (r#"tag:team="web ops""#, r#"tag:team="web ops""#),
        (r#""state:x""#, r#""state:x""#),
        (r#""-x" -"y z""#, r#""-x" -"y z""#),
        (r#"a"b c"d"#, r#""ab cd""#),
        (r#"region:"us-*",eu-*"#, r#"region:"us-*",eu-*"#),
        (r#"name:"a,b""#, r#"name:"a,b""#),
        (r#""say \"hi\" \\ \n""#, r#""say \"hi\" \\ \\n""#),
        (r#"tag:k="""#, r#"tag:k="""#),
        (r#"tag:"k=""#, r#"tag:k="""#),
    ] {
        assert_eq!(printed(text), canonical, "{text}");
    }
}

#[test]
fn case_is_ignored_in_keys_words_and_text() {
    assert_eq!(printed("WEB State:RUNNING Sort:NAME Region:EU-West-1"), "web state:running region:eu-west-1 sort:name");
    assert_eq!(printed("ÄRGER"), "ärger");
}

#[test]
fn text_that_cannot_be_a_key_is_a_word() {
    for text in ["fe80::1", "::1", "10.0.0.1:80", ":x", "<b>", "a,b"] {
        let query = Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(query.terms()[0].key(), None, "{text}");
    }
}

#[test]
fn every_key_parses() {
    for key in Query::KEYS {
        let value = match key {
            "state" => "running",
            "kind" => "instance",
            "provider" => "aws",
            "is" => "stale",
            "sort" => "name",
            "ip" => "10.",
            _ => "x",
        };
        let query = Query::parse(&format!("{key}:{value}")).unwrap_or_else(|error| panic!("{key}: {error}"));
        match query.terms() {
            [term] => assert_eq!(term.key(), Some(key)),
            terms => assert!(terms.is_empty() && key == "sort" && query.sort().is_some()),
        }
    }
}

#[test]
fn each_error_has_its_code_and_its_position() {
    let mut table = String::new();
    for text in [
        "colour:red",
        "web sate:running",
        "cpu>80",
        "-cpu<5",
        "state:runing",
        "state:running,of",
        "kind:teapot",
        "provider:moon",
        "is:fine",
        "sort:age",
        "sort:-",
        "sort:name,state",
        "sort:name sort:state",
        "-sort:name",
        "ip:web",
        "ip:10.0.0.0/33",
        "state:",
        "region:a,,b",
        "region:a,",
        "tag:=x",
        "tag:env=",
        "name:\"\"",
        "\"\"",
        "-",
        "-\"\"",
        "\"open",
        "tag:\"team=web ops",
        "näme:x state:größe",
    ] {
        let error = Query::parse(text).expect_err(text);
        assert_eq!(text.get(error.span.clone()), Some(&*error.word), "{text}");
        writeln!(table, "{text:24} {:19} {:6} {}", error.code, format!("{:?}", error.span), error.word)
            .expect("a string takes everything");
    }
    insta::assert_snapshot!(table);
}

#[test]
fn error_code_names_are_unique() {
    let words: std::collections::BTreeSet<_> = error::QueryErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(words.len(), error::QueryErrorCode::ALL.len());
}

/// Texts made of what the language cares about.
fn query_like() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        prop::sample::select(Query::KEYS.to_vec()).prop_map(|key| format!("{key}:")),
        prop::sample::select(vec![
            "\"", "\\", "-", ",", "*", ":", "=", " ", "\u{3000}", "running", "instance", "stale", "name", "10.0.",
            "::1", "/24", "É", "Σς", "\n", "\u{1}", ">", "a", "B", "0"
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn parsing_never_panics_and_errors_point_into_the_text(text in query_like()) {
        match Query::parse(&text) {
            Ok(query) => prop_assert!(query.terms().iter().all(|term| text.get(term.span()).is_some())),
            Err(error) => {
                prop_assert!(!error.span.is_empty());
                prop_assert_eq!(text.get(error.span), Some(&*error.word));
            }
        }
    }

    #[test]
    fn printed_query_parses_to_an_equal_query(text in query_like()) {
        if let Ok(query) = Query::parse(&text) {
            let printed = query.to_string();
            let again = Query::parse(&printed);
            prop_assert_eq!(again, Ok(query), "printed as {:?}", printed);
        }
    }

    #[test]
    fn quoted_text_is_one_word(text in "\\PC{1,12}") {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        let query = Query::parse(&format!("\"{escaped}\""));
        prop_assert!(query.is_ok_and(|query| query.terms().len() == 1 && query.terms()[0].key().is_none()));
    }
}
