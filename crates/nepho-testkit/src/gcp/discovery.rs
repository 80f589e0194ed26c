//! Google's discovery documents: the methods, their routes and their parameters.
//!
//! They come unchanged from the pinned package `google-api-python-client`; this repository holds no
//! copy. Deliberately not here: the checks against them ([`super::check`]).

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use serde_json::{Map, Value};

use crate::python::python_environment;

/// The documents, and the first part of their methods' ids.
const NAMES: [&str; 2] = ["compute.v1", "cloudresourcemanager.v3"];

/// A parameter that the documents recommend in the text of their aggregated lists, that `gcloud`
/// sends with every list, and that this revision declares for no method.
pub(crate) const PARTIAL_SUCCESS: &str = "returnPartialSuccess";

/// All documents.
#[derive(Debug)]
pub(crate) struct Documents {
    pub(crate) all: Vec<Document>,
}

/// One document.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) methods: Vec<Method>,
    pub(crate) schemas: Map<String, Value>,
}

/// One method of an API.
#[derive(Debug)]
pub(crate) struct Method {
    /// Such as `compute.instances.list`.
    pub(crate) id: String,
    pub(crate) http: String,
    route: Vec<Piece>,
    /// The parameters of the method and of its document, by name, as the document has them.
    pub(crate) parameters: BTreeMap<String, Value>,
    /// The name of the schema of its request's body.
    pub(crate) request: Option<String>,
    /// The name of the schema of its reply.
    pub(crate) response: Option<String>,
    /// The OAuth scopes of which one suffices.
    pub(crate) scopes: Vec<String>,
}

#[derive(Debug)]
enum Piece {
    Literal(String),
    /// One segment. If it `spans`, several segments of this shape, in which an empty one matches
    /// any.
    Variable {
        name: String,
        spans: Option<String>,
    },
}

/// A method and the variables of the path.
#[derive(Debug)]
pub(crate) struct Routed<'a> {
    pub(crate) document: &'a Document,
    pub(crate) method: &'a Method,
    pub(crate) variables: BTreeMap<String, String>,
}

impl Documents {
    /// Returns the documents of this process; the first call reads them.
    pub(crate) fn get() -> io::Result<&'static Self> {
        static DOCUMENTS: OnceLock<Result<Documents, String>> = OnceLock::new();
        DOCUMENTS
            .get_or_init(|| read().map_err(|error| error.to_string()))
            .as_ref()
            .map_err(|error| io::Error::other(error.as_str()))
    }

    /// Returns the method of a route.
    pub(crate) fn route(&self, http: &str, path: &str) -> Option<Routed<'_>> {
        let path = path.strip_prefix('/')?;
        let of = |document| move |method| (document, method);
        let methods = self.all.iter().flat_map(|document| document.methods.iter().map(of(document)));
        methods.filter(|(_, method)| method.http == http).find_map(|(document, method)| {
            let mut variables = BTreeMap::new();
            matches(&method.route, path, &mut variables).then_some(Routed { document, method, variables })
        })
    }

    /// Returns true if a method with another HTTP verb has this path.
    pub(crate) fn is_path(&self, path: &str) -> bool {
        ["GET", "POST", "DELETE", "PATCH", "PUT"].into_iter().any(|http| self.route(http, path).is_some())
    }
}

/// Returns the folder of the documents, in the Python environment.
pub(crate) fn folder() -> io::Result<PathBuf> {
    let python = python_environment()?;
    let home = python.parent().and_then(Path::parent).ok_or_else(|| missing("the environment's home"))?;
    let inside = |packages: PathBuf| packages.join("googleapiclient/discovery_cache/documents");
    if cfg!(windows) {
        return Ok(inside(home.join("Lib/site-packages")));
    }
    let versions = fs::read_dir(home.join("lib"))?.filter_map(Result::ok).map(|entry| entry.path());
    let mut found = versions.map(|version| inside(version.join("site-packages"))).filter(|folder| folder.is_dir());
    found.next().ok_or_else(|| missing("googleapiclient"))
}

fn missing(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("the Python environment lacks {what}"))
}

fn read() -> io::Result<Documents> {
    let folder = folder()?;
    let one = |name: &str| {
        let text = fs::read(folder.join(format!("{name}.json")))?;
        let document: Value = serde_json::from_slice(&text).map_err(io::Error::other)?;
        Document::from(document).ok_or_else(|| missing(name))
    };
    Ok(Documents { all: NAMES.into_iter().map(one).collect::<io::Result<_>>()? })
}

impl Document {
    fn from(mut document: Value) -> Option<Self> {
        let base = document["servicePath"].as_str()?.to_owned();
        let shared = document["parameters"].take();
        let shared = shared.as_object()?;
        let mut methods = Vec::new();
        collect(document["resources"].as_object()?, &base, shared, &mut methods);
        let Value::Object(schemas) = document["schemas"].take() else { return None };
        Some(Self { methods, schemas })
    }
}

fn collect(resources: &Map<String, Value>, base: &str, shared: &Map<String, Value>, to: &mut Vec<Method>) {
    for resource in resources.values() {
        let methods = resource["methods"].as_object().into_iter().flat_map(Map::values);
        to.extend(methods.filter_map(|method| read_method(method, base, shared)));
        if let Some(below) = resource["resources"].as_object() {
            collect(below, base, shared, to);
        }
    }
}

fn read_method(method: &Value, base: &str, shared: &Map<String, Value>) -> Option<Method> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let own = method["parameters"].as_object();
    let mut parameters: BTreeMap<String, Value> =
        shared.iter().chain(own.into_iter().flatten()).map(|(name, one)| (name.clone(), one.clone())).collect();
    if base.starts_with("compute") && parameters.contains_key("pageToken") {
        let partial = serde_json::json!({"type": "boolean", "location": "query"});
        parameters.entry(PARTIAL_SUCCESS.to_owned()).or_insert(partial);
    }
    Some(Method {
        id: text(&method["id"])?,
        http: text(&method["httpMethod"])?,
        route: pieces(&format!("{base}{}", method["path"].as_str()?), &parameters),
        parameters,
        request: text(&method["request"]["$ref"]),
        response: text(&method["response"]["$ref"]),
        scopes: method["scopes"].as_array().into_iter().flatten().filter_map(text).collect(),
    })
}

/// Splits `a/{b}/{+c}:d` into pieces; `{+c}` can span slashes (RFC 6570), and its pattern describes
/// its shape.
fn pieces(template: &str, parameters: &BTreeMap<String, Value>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((literal, after)) = rest.split_once('{') {
        let (variable, after) = after.split_once('}').unwrap_or((after, ""));
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal.to_owned()));
        }
        let name = variable.trim_start_matches('+').to_owned();
        let pattern = parameters.get(&name).and_then(|one| one["pattern"].as_str()).unwrap_or_default();
        let shape = || pattern.trim_start_matches('^').trim_end_matches('$').replace("[^/]+", "");
        let spans = variable.starts_with('+').then(shape);
        pieces.push(Piece::Variable { name, spans });
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    pieces
}

fn matches(route: &[Piece], path: &str, variables: &mut BTreeMap<String, String>) -> bool {
    let Some((first, others)) = route.split_first() else { return path.is_empty() };
    let (name, spans) = match first {
        Piece::Literal(text) => {
            return path.strip_prefix(text.as_str()).is_some_and(|rest| matches(others, rest, variables));
        }
        Piece::Variable { name, spans } => (name, spans),
    };
    let fits = |value: &str| {
        let Some(shape) = spans else { return !value.contains('/') };
        let same = |(wanted, given): (&str, &str)| !given.is_empty() && (wanted.is_empty() || wanted == given);
        shape.split('/').count() == value.split('/').count() && shape.split('/').zip(value.split('/')).all(same)
    };
    let ends = |end: &usize| path.is_char_boundary(*end) && fits(&path[..*end]);
    for end in (1..=path.len()).rev().filter(ends) {
        if matches(others, &path[end..], variables) {
            variables.insert(name.clone(), path[..end].to_owned());
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(http: &str, path: &str) -> Option<(String, BTreeMap<String, String>)> {
        let documents = Documents::get().expect("the documents");
        documents.route(http, path).map(|routed| (routed.method.id.clone(), routed.variables))
    }

    #[test]
    fn paths_are_routed_as_google_routes_them() {
        let zone = "/compute/v1/projects/p/zones/europe-west1-b";
        for (http, path, id) in [
            ("GET", format!("{zone}/instances"), "compute.instances.list"),
            ("GET", "/compute/v1/projects/p/aggregated/instances".to_owned(), "compute.instances.aggregatedList"),
            ("POST", format!("{zone}/instances/123/stop"), "compute.instances.stop"),
            ("DELETE", format!("{zone}/instances/web"), "compute.instances.delete"),
            ("POST", format!("{zone}/operations/operation-1/wait"), "compute.zoneOperations.wait"),
            ("GET", "/v3/projects:search".to_owned(), "cloudresourcemanager.projects.search"),
            ("GET", "/v3/projects/p".to_owned(), "cloudresourcemanager.projects.get"),
            (
                "POST",
                "/v3/projects/p:testIamPermissions".to_owned(),
                "cloudresourcemanager.projects.testIamPermissions",
            ),
        ] {
            assert_eq!(routed(http, &path).map(|(id, _)| id).as_deref(), Some(id), "{http} {path}");
        }
        let (_, variables) = routed("POST", &format!("{zone}/instances/123/stop")).expect("routed");
        assert_eq!(variables["zone"], "europe-west1-b");
        assert_eq!(variables["instance"], "123");
    }

    #[test]
    fn the_one_addition_is_recommended_and_not_declared() {
        let text = fs::read_to_string(folder().expect("the folder").join("compute.v1.json")).expect("the document");
        assert!(text.contains("set the\\n`returnPartialSuccess` parameter to `true`"), "no more: take it out");
        assert!(!text.contains("\"returnPartialSuccess\""), "declared by now: take the addition out");
    }

    #[test]
    fn unknown_methods_are_not_routed() {
        assert_eq!(routed("GET", "/compute/v1/projects/p/zones/z/instances/i/stop"), None, "another verb");
        assert_eq!(routed("POST", "/compute/v1/projects/p/zones/z/instances/i/halt"), None);
        assert_eq!(routed("GET", "/compute/v1/projects/p/zones//instances"), None, "an empty variable");
        assert_eq!(routed("GET", "/compute/beta/projects/p"), None);
    }
}
