//! The route table: one entry registers a route and documents it, so that neither can be without the other.

use axum::{
    Extension, Router,
    handler::Handler,
    http::Method,
    routing::{MethodFilter, on},
};
use contract::{
    error::ErrorCode,
    manage::Scope,
    record::{Describe, RecordSpec, collect},
};
use serde_json::Value;

use super::api::Required;

/// A group of operations.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// Title.
    pub title: &'static str,
    /// One sentence.
    pub summary: &'static str,
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Anybody.
    Public,
    /// The bearer of a user's access token.
    AccessToken,
    /// The bearer of a user's access token, or of another token in the body.
    AccessTokenOrBody,
    /// The bearer of an API key with this scope.
    ApiKey(Scope),
}

/// A parameter of the query.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Name.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// JSON schema of its value.
    pub schema: Value,
}

/// What is documented of an operation.
pub struct Operation {
    /// HTTP method.
    pub method: Method,
    /// Path, with `{name}` for parameters.
    pub path: String,
    /// Name for generated clients.
    pub id: String,
    /// One sentence.
    pub summary: String,
    /// More, in Markdown.
    pub description: Option<String>,
    /// Title of its group.
    pub group: &'static str,
    /// Who may call it.
    pub guard: Guard,
    /// Whether an API key of one project is not enough.
    pub of_instance: bool,
    /// Parameters of the query.
    pub query: Vec<Parameter>,
    /// Schema of the body.
    pub request: Option<Value>,
    /// An example body.
    pub sample: Option<Value>,
    /// Status of success.
    pub status: u16,
    /// Schema of the answer.
    pub response: Option<Value>,
    /// Its own errors.
    pub errors: Vec<ErrorCode>,
    /// The records that its schemas mention.
    pub records: Vec<&'static RecordSpec>,
}

impl Operation {
    /// An operation that answers 204 until told otherwise.
    pub fn new(
        method: Method,
        path: impl Into<String>,
        id: impl Into<String>,
        summary: impl Into<String>,
    ) -> Self {
        Self {
            method,
            path: path.into(),
            id: id.into(),
            summary: summary.into(),
            description: None,
            group: "",
            guard: Guard::Public,
            of_instance: false,
            query: Vec::new(),
            request: None,
            sample: None,
            status: 204,
            response: None,
            errors: Vec::new(),
            records: Vec::new(),
        }
    }

    /// Reads.
    pub fn get(path: &str, id: &str, summary: &str) -> Self {
        Self::new(Method::GET, path, id, summary)
    }

    /// Creates or acts.
    pub fn post(path: &str, id: &str, summary: &str) -> Self {
        Self::new(Method::POST, path, id, summary)
    }

    /// Sets.
    pub fn put(path: &str, id: &str, summary: &str) -> Self {
        Self::new(Method::PUT, path, id, summary)
    }

    /// Changes.
    pub fn patch(path: &str, id: &str, summary: &str) -> Self {
        Self::new(Method::PATCH, path, id, summary)
    }

    /// Deletes.
    pub fn delete(path: &str, id: &str, summary: &str) -> Self {
        Self::new(Method::DELETE, path, id, summary)
    }

    /// Needs an API key with `scope`.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.guard = Guard::ApiKey(scope);
        self
    }

    /// Refuses API keys of one project.
    #[must_use]
    pub fn of_instance(mut self) -> Self {
        self.of_instance = true;
        self
    }

    /// Takes an optional parameter in the query.
    #[must_use]
    pub fn query(mut self, name: &'static str, doc: &'static str) -> Self {
        self.query.push(Parameter { name, doc, schema: String::schema() });
        self
    }

    /// Takes the fields of a record in the query.
    #[must_use]
    pub fn query_of(mut self, record: &'static RecordSpec) -> Self {
        self.query.extend(record.fields.iter().map(|field| Parameter {
            name: field.name,
            doc: field.doc.trim(),
            schema: (field.schema)(),
        }));
        self
    }

    /// Takes a body.
    #[must_use]
    pub fn body<T: Describe>(mut self) -> Self {
        self.request = Some(T::schema());
        self.mention::<T>();
        self
    }

    /// Takes a body of a shape that is no record.
    #[must_use]
    pub fn body_of(mut self, schema: Value) -> Self {
        self.request = Some(schema);
        self
    }

    /// Answers with a body.
    #[must_use]
    pub fn answers<T: Describe>(mut self, status: u16) -> Self {
        self.status = status;
        self.response = Some(T::schema());
        self.mention::<T>();
        self
    }

    /// Can fail with these codes, beside those that every operation can fail with.
    #[must_use]
    pub fn errors(mut self, codes: &[ErrorCode]) -> Self {
        self.errors.extend_from_slice(codes);
        self
    }

    fn mention<T: Describe>(&mut self) {
        T::visit(&mut |record| collect(&mut self.records, record));
    }
}

/// Routes with their documentation.
pub struct Table<S> {
    router: Router<S>,
    prefix: &'static str,
    group: Group,
    groups: Vec<Group>,
    operations: Vec<Operation>,
}

impl<S: Clone + Send + Sync + 'static> Table<S> {
    /// An empty table; `prefix` is where its router will be mounted.
    pub fn new(prefix: &'static str) -> Self {
        let group = Group { title: "", summary: "" };
        Self { router: Router::new(), prefix, group, groups: Vec::new(), operations: Vec::new() }
    }

    /// Begins a group: what follows belongs to it.
    #[must_use]
    pub fn group(mut self, title: &'static str, summary: &'static str) -> Self {
        self.group = Group { title, summary };
        self.groups.push(self.group);
        self
    }

    /// Registers an operation. What its guard asks for is checked by the extractors of [`super::api`].
    #[must_use]
    pub fn on<H, T>(mut self, mut operation: Operation, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        // Every method that `Operation` has a constructor for is one that axum can filter by.
        let filter = MethodFilter::try_from(operation.method.clone()).unwrap_or(MethodFilter::GET);
        let mut route = on(filter, handler);
        if let Guard::ApiKey(scope) = operation.guard {
            route = route.layer(Extension(Required { scope, instance: operation.of_instance }));
        }
        self.router = self.router.route(&operation.path, route);
        operation.path = format!("{}{}", self.prefix, operation.path);
        operation.group = self.group.title;
        self.operations.push(operation);
        self
    }

    /// The routes, to be mounted at the prefix.
    pub fn into_router(self) -> Router<S> {
        self.router
    }

    /// The documentation.
    pub fn into_documentation(self) -> (Vec<Group>, Vec<Operation>) {
        (self.groups, self.operations)
    }
}
