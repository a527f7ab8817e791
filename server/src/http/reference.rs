//! `/api/reference`: the API, readable. Made from the same table as the OpenAPI description.

use std::fmt::Write as _;

use axum::{extract::State, response::Html};
use contract::record::RecordSpec;
use serde_json::Value;

use super::{
    openapi::{Documentation, error_codes, path_parameters},
    state::AppState,
    table::{Guard, Operation},
};

const STYLE: &str = include_str!("reference.css");

/// The page.
pub async fn page(State(app): State<AppState>) -> Html<String> {
    Html(render(app.documentation(), app.config().server.base()))
}

fn render(documentation: &Documentation, base: &str) -> String {
    let records = documentation.records();
    let mut nav = String::new();
    let mut main = String::new();
    for group in &documentation.groups {
        let _ = write!(nav, "<h2>{}</h2><ul>", escape(group.title));
        let _ = write!(main, "<h2>{}</h2><p>{}</p>", escape(group.title), escape(group.summary));
        for operation in documentation.operations.iter().filter(|operation| operation.group == group.title) {
            let _ = write!(
                nav,
                "<li><a href=\"#{id}\"><span class=\"method\">{}</span> {}</a></li>",
                operation.method,
                escape(&operation.path),
                id = escape(&operation.id),
            );
            section(&mut main, operation, &records, base);
        }
        nav.push_str("</ul>");
    }
    main.push_str("<h2>Records</h2>");
    for record in &records {
        let _ = write!(
            main,
            "<section id=\"record-{0}\"><h3>{0}</h3><p>{1}</p>",
            record.name,
            escape(record.doc.trim())
        );
        fields(&mut main, record, &records);
        main.push_str("</section>");
    }
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>API reference · Hookwright</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <style>{STYLE}</style></head><body><nav aria-label=\"Operations\"><p><a href=\"/console\">Hookwright</a></p>\
         <p><a href=\"/api/openapi.json\">OpenAPI description</a></p>{nav}</nav><main><h1>API reference</h1>{}{main}</main></body></html>",
        about()
    )
}

fn about() -> String {
    "<p><strong>Which project?</strong> The one whose custom host the request names, else the one of the path prefix \
     (<code>/p/{slug}/auth/register</code>), else the one of the header <code>X-Project</code>, else (management API) the \
     one the API key belongs to, else the default project of the instance. Every path below exists with and without the \
     prefix <code>/p/{slug}</code>.</p>\
     <p><strong>Bodies</strong> are JSON: up to 64 KiB for the auth API, up to 1 MiB for the management API. \
     <strong>Errors</strong> are JSON too (<a href=\"#record-ErrorBody\"><code>ErrorBody</code></a>); every answer has the \
     header <code>x-request-id</code>, by which the run log finds the request. Pages of any origin may call the auth API, \
     without cookies, unless <code>cors_origins</code> is set.</p>"
        .to_owned()
}

fn section(out: &mut String, operation: &Operation, records: &[&'static RecordSpec], base: &str) {
    let _ = write!(
        out,
        "<section id=\"{}\"><h3><span class=\"method\">{}</span> <code>{}</code></h3><p>{}</p>",
        escape(&operation.id),
        operation.method,
        escape(&operation.path),
        escape(&operation.summary),
    );
    if let Some(description) = &operation.description {
        let _ = write!(out, "{}", paragraphs(description));
    }
    out.push_str("<p class=\"guard\">");
    out.push_str(&match operation.guard {
        Guard::Public => "Needs no token.".to_owned(),
        Guard::AccessToken => "Needs a user's access token: <code>Authorization: Bearer …</code>.".to_owned(),
        Guard::AccessTokenOrBody => {
            "Needs a user's access token (<code>Authorization: Bearer …</code>) or a token in the body."
                .to_owned()
        }
        Guard::ApiKey(scope) => format!("Needs an API key with the scope <code>{scope}</code>."),
    });
    out.push_str("</p>");
    parameters(out, operation);
    if let Some(schema) = &operation.request {
        let _ = write!(out, "<h4>Body {}</h4>", type_link(schema));
        if let Some(record) = record_of(schema, records) {
            fields(out, record, records);
        }
    }
    let answer = operation.response.as_ref().map_or_else(|| "no body".to_owned(), type_link);
    let _ =
        write!(out, "<h4>Success</h4><p><code>{}</code>: {answer}</p><h4>Errors</h4><p>", operation.status);
    for code in error_codes(operation) {
        let _ = write!(out, "<code>{} {code}</code> ", code.status());
    }
    let _ = write!(out, "</p><pre><code>{}</code></pre></section>", escape(&curl(operation, base)));
}

fn parameters(out: &mut String, operation: &Operation) {
    let in_path: Vec<&str> = path_parameters(&operation.path).collect();
    if in_path.is_empty() && operation.query.is_empty() {
        return;
    }
    out.push_str("<h4>Parameters</h4><table><tbody>");
    for name in in_path {
        let _ = write!(out, "<tr><th scope=\"row\"><code>{name}</code></th><td>path</td><td></td></tr>");
    }
    for parameter in &operation.query {
        let (name, doc) = (parameter.name, escape(parameter.doc));
        let _ = write!(
            out,
            "<tr><th scope=\"row\"><code>{name}</code></th><td>query, optional</td><td>{doc}</td></tr>"
        );
    }
    out.push_str("</tbody></table>");
}

fn fields(out: &mut String, record: &RecordSpec, records: &[&'static RecordSpec]) {
    if record.fields.is_empty() {
        return;
    }
    out.push_str("<table><tbody>");
    for field in record.fields {
        let schema = (field.schema)();
        let kind = if record_of(&schema, records).is_some() {
            type_link(&schema)
        } else {
            format!("<code>{}</code>", escape(&(field.typescript)()))
        };
        let optional = if field.optional { ", optional" } else { "" };
        let _ = write!(
            out,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{kind}{optional}</td><td>{}</td></tr>",
            field.name,
            escape(field.doc.trim()),
        );
    }
    out.push_str("</tbody></table>");
}

/// The record that a schema refers to, itself or its items.
fn record_name(schema: &Value) -> Option<&str> {
    let target = schema.get("items").unwrap_or(schema);
    target.get("$ref")?.as_str()?.rsplit('/').next()
}

fn record_of<'a>(schema: &Value, records: &'a [&'static RecordSpec]) -> Option<&'a RecordSpec> {
    let name = record_name(schema)?;
    records.iter().copied().find(|record| record.name == name)
}

fn type_link(schema: &Value) -> String {
    match record_name(schema) {
        Some(name) if schema.get("items").is_some() => {
            format!("list of <a href=\"#record-{name}\"><code>{name}</code></a>")
        }
        Some(name) => format!("<a href=\"#record-{name}\"><code>{name}</code></a>"),
        None => "JSON".to_owned(),
    }
}

fn curl(operation: &Operation, base: &str) -> String {
    let mut out = format!("curl -X {} {base}{}", operation.method, operation.path);
    match operation.guard {
        Guard::Public => {}
        Guard::AccessToken | Guard::AccessTokenOrBody => {
            out.push_str(" \\\n  -H \"authorization: Bearer $ACCESS_TOKEN\"");
        }
        Guard::ApiKey(_) => out.push_str(" \\\n  -H \"authorization: Bearer $API_KEY\""),
    }
    if operation.request.is_some() {
        let sample = operation.sample.clone().unwrap_or_else(|| serde_json::json!({}));
        let _ = write!(out, " \\\n  -H 'content-type: application/json' \\\n  -d '{sample}'");
    }
    out
}

/// Plain paragraphs and numbered lists with `code`, the little Markdown that descriptions use.
fn paragraphs(text: &str) -> String {
    let mut out = String::new();
    let mut in_list = false;
    for line in text.lines().filter(|line| !line.is_empty()) {
        let item = line.split_once(". ").filter(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()));
        if item.is_some() != in_list {
            out.push_str(if in_list { "</ol>" } else { "<ol>" });
            in_list = !in_list;
        }
        match item {
            Some((_, text)) => {
                let _ = write!(out, "<li>{}</li>", code_spans(text));
            }
            None => {
                let _ = write!(out, "<p>{}</p>", code_spans(line));
            }
        }
    }
    if in_list {
        out.push_str("</ol>");
    }
    out
}

fn code_spans(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(n, part)| if n % 2 == 1 { format!("<code>{}</code>", escape(part)) } else { escape(part) })
        .collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
