//! The API description, made from the route table.

use std::collections::BTreeSet;

use serde_json::Value;

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
