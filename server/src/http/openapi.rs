//! The OpenAPI description, derived from the route table and the catalogue.

use contract::{
    error::{ErrorBody, ErrorCode},
    record::{Describe, RecordSpec, collect},
};
use serde_json::{Map, Value, json};

use super::table::{Group, Guard, Operation};

/// Every operation of the server, in groups.
pub struct Documentation {
    /// Groups, in order.
    pub groups: Vec<Group>,
    /// Operations, in order.
    pub operations: Vec<Operation>,
}

const ABOUT: &str = "Hookwright: a self-hosted auth server whose behaviour is changed by hooks.

**Which project?** The one of the path prefix (`/p/{slug}/auth/register`), else the one whose custom host the request names, \
else the one of the header `X-Project`, else (management API) the one the API key belongs to, else the default project of \
the instance. Every path below exists with and without the prefix `/p/{slug}`.

**Errors** are JSON with a code for programs (`error`), a sentence for people (`message`), the `field` at fault, and the \
`request_id`, which is also in the header `x-request-id` and names the request in the run log.";

impl Documentation {
    /// The OpenAPI 3.1 document. `base` is the server's address.
    pub fn openapi(&self, base: &str) -> Value {
        let mut paths = Map::new();
        for operation in &self.operations {
            let path = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
            path[operation.method.as_str().to_ascii_lowercase()] = describe(operation);
        }
        let tags: Vec<Value> =
            self.groups.iter().map(|g| json!({"name": g.title, "description": g.summary})).collect();
        json!({
            "openapi": "3.1.0",
            "info": {"title": "Hookwright", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT},
            "servers": [{"url": base}],
            "tags": tags,
            "paths": paths,
            "components": {
                "schemas": self.schemas(),
                "securitySchemes": {
                    "accessToken": {
                        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                        "description": "The access token of a user, from `/auth/login`.",
                    },
                    "apiKey": {
                        "type": "http", "scheme": "bearer",
                        "description": "An API key, made in the console or by `hookwright token create`.",
                    },
                },
            },
        })
    }

    /// Every record that some operation mentions, by name.
    pub fn records(&self) -> Vec<&'static RecordSpec> {
        let mut records = Vec::new();
        for operation in &self.operations {
            for record in &operation.records {
                collect(&mut records, record);
            }
        }
        collect(&mut records, ErrorBody::SPEC);
        records.sort_by_key(|record| record.name);
        records
    }

    fn schemas(&self) -> Value {
        self.records().into_iter().map(|record| (record.name.to_owned(), record.object_schema())).collect()
    }
}

fn describe(operation: &Operation) -> Value {
    let mut out = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.group],
        "parameters": parameters(operation),
        "responses": responses(operation),
        "security": security(operation.guard),
    });
    if let Some(description) = &operation.description {
        out["description"] = json!(description);
    }
    if let Some(schema) = &operation.request {
        let mut content = json!({"schema": schema});
        if let Some(sample) = &operation.sample {
            content["example"] = sample.clone();
        }
        out["requestBody"] =
            json!({"required": body_required(operation, schema), "content": {"application/json": content}});
    }
    out
}

/// Whether the body has a field that must be there; otherwise an empty body is taken as `{}`.
fn body_required(operation: &Operation, schema: &Value) -> bool {
    let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    match operation.records.iter().find(|record| Some(record.name) == name) {
        Some(record) => record.fields.iter().any(|field| !field.optional),
        None => schema["required"].as_array().is_some_and(|fields| !fields.is_empty()),
    }
}

fn security(guard: Guard) -> Value {
    match guard {
        Guard::Public => json!([]),
        Guard::AccessToken => json!([{"accessToken": []}]),
        Guard::AccessTokenOrBody => json!([{"accessToken": []}, {}]),
        Guard::ApiKey(scope) => json!([{"apiKey": [scope.as_str()]}]),
    }
}

/// Names in braces of a path.
pub(super) fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let in_path = path_parameters(&operation.path)
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
    let in_query = operation
        .query
        .iter()
        .map(|p| json!({"name": p.name, "in": "query", "description": p.doc, "schema": p.schema}));
    let project = json!({
        "name": "X-Project", "in": "header", "schema": {"type": "string"},
        "description": "Slug of the project, when neither host nor path names it.",
    });
    in_path.chain(in_query).chain([project]).collect()
}

/// What can be wrong with a body.
pub(super) const BODY_ERRORS: [ErrorCode; 5] = [
    ErrorCode::InvalidJson,
    ErrorCode::InvalidField,
    ErrorCode::PayloadTooLarge,
    ErrorCode::RequestTimeout,
    ErrorCode::UnsupportedMediaType,
];

/// The codes an operation can fail with: its own, and those that follow from its form.
pub(super) fn error_codes(operation: &Operation) -> Vec<ErrorCode> {
    let mut codes = operation.errors.clone();
    if operation.request.is_some() {
        codes.extend(BODY_ERRORS);
    } else if !operation.query.is_empty() {
        codes.push(ErrorCode::InvalidField);
    }
    match operation.guard {
        Guard::Public => {}
        Guard::AccessToken | Guard::AccessTokenOrBody => codes.push(ErrorCode::InvalidToken),
        Guard::ApiKey(_) => codes.extend([ErrorCode::InvalidToken, ErrorCode::Forbidden]),
    }
    codes.extend([
        ErrorCode::InvalidRequest,
        ErrorCode::UnknownProject,
        ErrorCode::Busy,
        ErrorCode::Unavailable,
        ErrorCode::Internal,
    ]);
    codes.sort_by_key(|code| (code.status(), code.as_str()));
    codes.dedup();
    codes
}

fn responses(operation: &Operation) -> Value {
    let mut out = Map::new();
    let mut success = json!({"description": "Success"});
    if let Some(schema) = &operation.response {
        success["content"] = json!({"application/json": {"schema": schema}});
    }
    out.insert(operation.status.to_string(), success);
    let mut by_status: std::collections::BTreeMap<u16, Vec<&str>> = std::collections::BTreeMap::new();
    for code in error_codes(operation) {
        by_status.entry(code.status()).or_default().push(code.as_str());
    }
    for (status, codes) in by_status {
        let list = codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
        let content = json!({"application/json": {"schema": ErrorBody::schema()}});
        out.insert(status.to_string(), json!({"description": list, "content": content}));
    }
    Value::Object(out)
}
