//! The API description, made from the route table.

use std::collections::BTreeSet;

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::app::TestApp;

#[test]
fn the_description_is_as_reviewed() {
    let document = hookwright::http::documentation().openapi("http://localhost:3000");
    insta::assert_json_snapshot!(document);
}

#[test]
fn every_reference_leads_to_a_schema_and_ids_are_unique() {
    let document = hookwright::http::documentation().openapi("http://localhost:3000");
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let operations = hookwright::http::documentation().operations;
    let ids: BTreeSet<_> = operations.iter().map(|operation| operation.id.clone()).collect();
    assert_eq!(ids.len(), operations.len());
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref") {
                references.insert(reference.clone());
            }
            fields.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}

#[tokio::test]
async fn a03_every_refusal_that_comes_is_described() {
    let app = TestApp::start().await;
    let document = hookwright::http::documentation().openapi(&app.base);
    let described = |path: &str, status: u16| {
        assert!(
            document["paths"][path]["post"]["responses"][status.to_string()].is_object(),
            "{path}: {status}"
        );
    };
    for (status, kind, body) in [
        (400, "application/json", "{".to_owned()),
        (413, "application/json", "x".repeat(70_000)),
        (415, "text/plain", "x".to_owned()),
    ] {
        let request = app.client.post(app.url("/p/acme/auth/logout")).header(CONTENT_TYPE, kind).body(body);
        app.send(request).await.expect(status);
        described("/auth/logout", status);
    }
    for path in ["/auth/password/forgot", "/auth/verify-email/request"] {
        let url = format!("/p/acme{path}");
        let ask = || app.post(&url, json!({"email": "a@work.example"}));
        let replies = futures::future::join_all((0..12).map(|_| ask())).await;
        assert!(replies.iter().any(|reply| reply.status == 429), "{path}");
        described(path, 429);
    }
    for path in ["/auth/register", "/auth/password/change"] {
        described(path, 429);
    }
    // Those that a blocked user can call.
    for operation in ["/auth/me", "/auth/password/change", "/auth/refresh"] {
        let codes = document["paths"][operation].to_string();
        assert!(codes.contains("`user_blocked`"), "{operation}");
    }
}
