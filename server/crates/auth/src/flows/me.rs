//! `GET /auth/me`.

use contract::{auth::UserResponse, catalogue::endpoints::Endpoint};
use hooks::{Exchange, user_payload};

use crate::{Answer, Auth, error::AuthError};

impl Auth {
    /// The user of the access token.
    pub(crate) async fn me(&self, exchange: &Exchange, bearer: Option<&str>) -> Result<Answer, AuthError> {
        let _core = exchange.core("Read the user");
        let user = self.bearer(exchange, bearer).await?.user;
        Answer::of(Endpoint::Me, &UserResponse { user: user_payload(&user) })
    }
}
