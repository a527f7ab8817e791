//! The reference of an endpoint, from the catalogue (row A3).

use contract::{
    catalogue::endpoints::{Access, Endpoint},
    error::ErrorCode,
    manage::{EndpointReference, ErrorReference, FieldReference, Scope, StepKind},
    record::RecordSpec,
};

use crate::{Actor, Manage, Outcome};

/// Errors that every endpoint can answer.
const GENERAL: &[ErrorCode] = &[
    ErrorCode::InvalidJson,
    ErrorCode::InvalidField,
    ErrorCode::UnknownProject,
    ErrorCode::PayloadTooLarge,
    ErrorCode::Unavailable,
];

impl Manage {
    /// What an endpoint takes and answers, and which hooks and events run on it.
    ///
    /// # Errors
    /// Unknown project, missing scope `read:hooks`, database away.
    pub async fn reference(
        &self,
        actor: &Actor,
        slug: &str,
        endpoint: Endpoint,
    ) -> Outcome<EndpointReference> {
        actor.require(Scope::ReadHooks)?;
        let project = self.project_info(actor, slug)?;
        let overview = self.facts(actor, slug).await?.endpoint(endpoint);
        let spec = endpoint.spec();
        let base = match &project.custom_host {
            Some(host) => format!("https://{host}"),
            None => format!("{}/p/{}", self.inner.base_url, project.slug),
        };
        let bearer = spec.access != Access::Public;
        let sample = (spec.sample)();
        let mut curl = format!("curl -X {} {base}{}", spec.method, spec.path);
        if bearer {
            curl.push_str(" \\\n  -H 'authorization: Bearer ACCESS_TOKEN'");
        }
        if spec.request.is_some() {
            curl.push_str(&format!(" \\\n  -H 'content-type: application/json' \\\n  -d '{sample}'"));
        }
        let errors = spec.errors.iter().chain(GENERAL.iter().filter(|code| !spec.errors.contains(code)));
        Ok(EndpointReference {
            request: spec.request.map(fields).unwrap_or_default(),
            response: spec.response.map(fields).unwrap_or_default(),
            status: spec.status.into(),
            bearer,
            sample,
            curl,
            errors: errors
                .map(|code| ErrorReference { status: code.status().into(), code: code.as_str().into() })
                .collect(),
            steps: overview.steps.into_iter().filter(|step| step.kind != StepKind::Core).collect(),
        })
    }
}

fn fields(record: &RecordSpec) -> Vec<FieldReference> {
    let field = |field: &contract::record::FieldSpec| FieldReference {
        name: field.name.into(),
        kind: (field.typescript)(),
        optional: field.optional,
        doc: field.doc.trim().into(),
    };
    record.fields.iter().map(field).collect()
}
