use auth::{NewPassword, Verified};
use contract::{catalogue::endpoints::Endpoint::Me, error::ErrorCode, ids::SigningKeyId};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde_json::{Map, Value, json};

use crate::world::{KEY, World, world};

/// Verifies a token as a stranger would: with the published keys alone.
async fn verify(world: &World, token: &str) -> Value {
    let project = world.hooks.default_project().unwrap();
    let jwks: JwkSet = serde_json::from_value(world.auth.jwks(&project).await.unwrap()).unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    let jwk = jwks.find(&header.kid.unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_issuer(&[world.auth.issuer(&project)]);
    validation.validate_aud = false;
    validation.validate_exp = false;
    jsonwebtoken::decode::<Value>(token, &DecodingKey::from_jwk(jwk).unwrap(), &validation).unwrap().claims
}

async fn rotate(world: &World) -> SigningKeyId {
    let mut lease = world.db.live().write().await.unwrap();
    let id = world.auth.rotate_keys(&mut lease, &world.project).await.unwrap();
    lease.commit().await.unwrap();
    world.auth.keys_changed(&world.project).await;
    id
}

pub async fn the_published_keys_verify_and_hold_nothing_private() {
    let world = world().await;
    let token = world.register().await.text("/access_token");
    verify(&world, &token).await;
    let project = world.hooks.default_project().unwrap();
    let jwks = world.auth.jwks(&project).await.unwrap();
    let key = &jwks["keys"][0];
    assert!(key.get("d").is_none());
    assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("EC"), &json!("P-256"), &json!("ES256")));
    let discovery = world.auth.discovery(&project);
    assert_eq!(discovery["jwks_uri"], "https://auth.example.com/p/shop/.well-known/jwks.json");
}

pub async fn a_rotated_key_verifies_until_its_tokens_are_over() {
    let mut world = world().await;
    let old = world.register().await.text("/access_token");
    let id = rotate(&world).await;
    let project = world.hooks.default_project().unwrap();
    let announced = world.auth.jwks(&project).await.unwrap();
    assert!(announced.to_string().contains(id.as_ref()), "verifiers learn of it before it signs");
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let meanwhile = world.login().await.text("/access_token");
    assert_eq!(kid(&meanwhile), kid(&old));
    world.clock.advance_s(10 * 60);
    // As a process has it that has looked since.
    world.auth = world.auth_with_key(KEY);
    let new = world.login().await.text("/access_token");
    assert_eq!(kid(&new), id.to_string());
    for token in [&old, &meanwhile, &new] {
        verify(&world, token).await;
        assert!(world.call_as(token, Me, Value::Null).await.result.is_ok());
    }
    world.clock.advance_s(26 * 60 * 60);
    rotate(&world).await;
    let jwks = world.auth.jwks(&project).await.unwrap();
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 2, "the oldest is gone, the second verifies still");
}

pub async fn c19_a_service_token_carries_its_claims_and_verifies_by_the_published_keys() {
    let world = world().await;
    let project = world.hooks.default_project().unwrap();
    let claims = Map::from_iter([("order".to_owned(), json!(7))]);
    let token = world.auth.service_token(&project, "read:users", 3600, claims).await.unwrap();
    let claims = verify(&world, &token).await;
    assert_eq!((&claims["client_id"], &claims["scope"]), (&json!("auth-service"), &json!("read:users")));
    assert_eq!((&claims["tenant_id"], &claims["order"]), (&json!("shop"), &json!(7)));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    assert_eq!(world.call_as(&token, Me, Value::Null).await.code(), ErrorCode::InvalidToken);
}

pub async fn c21_reserved_claims_and_bad_lives_are_refused() {
    let world = world().await;
    let project = world.hooks.default_project().unwrap();
    for name in ["sub", "iss", "aud", "exp", "iat", "jti", "scope", "client_id", "tenant_id"] {
        let claims = Map::from_iter([(name.to_owned(), json!("x"))]);
        let error = world.auth.service_token(&project, "", 3600, claims).await.unwrap_err();
        assert!(error.message.contains(name), "{}", error.message);
    }
    let large = Map::from_iter([("data".to_owned(), json!("x".repeat(5_000)))]);
    assert!(world.auth.service_token(&project, "", 3600, large).await.is_err());
    for life in [0, -1, 86_401, i64::MAX] {
        assert!(world.auth.service_token(&project, "", life, Map::new()).await.is_err());
    }
}

pub async fn the_instance_hashes_administrators_passwords_too() {
    let world = world().await;
    let hash = world.auth.hash_password(&NewPassword::parse("correct horse").unwrap()).await.unwrap();
    let verify = async |text: &str| world.auth.verify_password(Some(&hash), text).await.unwrap();
    assert!(matches!(verify("correct horse").await, Verified::Right));
    assert!(matches!(verify("wrong horse").await, Verified::Wrong));
}
