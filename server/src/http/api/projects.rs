//! Projects.

use contract::{
    error::ErrorCode,
    manage::{CreateProject, Project, Scope, UpdateProject},
};

use super::{
    Answer, Created, Done,
    access::{Access, SlugAccess},
    created, done, ok,
};
use crate::http::{
    body::JsonBody,
    state::AppState,
    table::{Operation, Table},
};

pub(super) fn table(table: Table<AppState>) -> Table<AppState> {
    table
        .group("Projects", "Projects and their settings.")
        .on(
            Operation::get("/projects", "listProjects", "List the projects")
                .scope(Scope::ReadProjects)
                .answers::<Vec<Project>>(200),
            list,
        )
        .on(
            Operation::post("/projects", "createProject", "Create a project")
                .scope(Scope::UpdateProjects)
                .of_instance()
                .body::<CreateProject>()
                .answers::<Project>(201)
                .errors(&[ErrorCode::AlreadyExists]),
            create,
        )
        .on(
            Operation::get("/projects/{slug}", "getProject", "Read a project")
                .scope(Scope::ReadProjects)
                .answers::<Project>(200),
            get,
        )
        .on(
            Operation::patch("/projects/{slug}", "updateProject", "Change a project")
                .scope(Scope::UpdateProjects)
                .body::<UpdateProject>()
                .answers::<Project>(200)
                .errors(&[ErrorCode::AlreadyExists, ErrorCode::Conflict]),
            update,
        )
        .on(
            Operation::delete(
                "/projects/{slug}",
                "deleteProject",
                "Delete a project with its users, hooks and everything else",
            )
            .scope(Scope::UpdateProjects)
            .of_instance(),
            delete,
        )
        .on(
            Operation::post(
                "/projects/{slug}/keys/rotate",
                "rotateSigningKeys",
                "Publish a new key that signs access tokens ten minutes later; tokens of the old one stay valid until they expire",
            )
            .scope(Scope::UpdateProjects),
            rotate_keys,
        )
}

async fn list(at: Access) -> Answer<Vec<Project>> {
    ok(at.manage.projects(&at.actor).await)
}

async fn create(at: Access, JsonBody(body): JsonBody<CreateProject>) -> Created<Project> {
    created(at.manage.create_project(&at.actor, body).await)
}

async fn get(at: SlugAccess) -> Answer<Project> {
    ok(at.manage.project(&at.actor, &at.slug).await)
}

async fn update(at: SlugAccess, JsonBody(body): JsonBody<UpdateProject>) -> Answer<Project> {
    ok(at.manage.update_project(&at.actor, &at.slug, body).await)
}

async fn delete(at: SlugAccess) -> Done {
    done(at.manage.delete_project(&at.actor, &at.slug).await)
}

async fn rotate_keys(at: SlugAccess) -> Done {
    done(at.manage.rotate_keys(&at.actor, &at.slug).await)
}
