//! Snippets that the editor accepts and that run, and snippets that it underlines and that fail with advice.

use std::collections::BTreeMap;
use std::sync::Arc;

use script::{Argument, CompileError, Failure, Language, Limits, Outcome};
use serde_json::json;

use crate::checker;
use crate::harness::*;

/// Bodies of handlers that are right for both.
const RIGHT: &[&str] = &[
    "const h = new Headers({ a: 'b' }); h.append('set-cookie', 'x'); for (const [name, value] of h) console.log(name, value); return h.get('a')",
    "const c = new AbortController(); c.signal.addEventListener('abort', () => console.log('gone')); c.abort(); return c.signal.aborted",
    "const r = await fetch('https://a.b/', { signal: AbortSignal.timeout(1000) }); return r.status",
    "const r = await fetch(new URL('https://a.b/'), { method: 'POST', body: new URLSearchParams({ a: '1' }) }); return r.ok",
    "return crypto.createHmac('sha256', event.secret ?? 'key').update('text').digest('hex')",
    "const found = []; for (const [name, value] of new URL('https://a.b/?c=d').searchParams) found.push(name + value); return found",
    "return [...new URLSearchParams('a=1&b=2').keys()].map((name) => name.toUpperCase())",
    "return [(1234.5).toLocaleString(), new Date(0).toLocaleDateString(), 'ä'.localeCompare('b'), 'I'.toLocaleLowerCase()]",
    "return new TextDecoder().decode(new TextEncoder().encode('ä'))",
    "return new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([104, 105]))",
    "const key = await crypto.subtle.importKey('raw', new Uint8Array(8), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']); return (await crypto.subtle.sign('HMAC', key, new Uint8Array(1))).byteLength",
    "const { createHash } = await import('node:crypto'); return createHash('sha1').update('x').digest('base64')",
    "return structuredClone({ date: new Date(0), list: [1n], map: new Map([['a', 1]]) }).map.get('a')",
    "const timer = setTimeout((text: string) => console.log(text), 1, 'x'); clearTimeout(timer); return typeof timer",
    "return await new Promise<string>((done) => queueMicrotask(() => done(atob(btoa('x')))))",
    "return new Set([1, 2]).union(new Set([3])).size",
    "return Object.groupBy([1, 2, 3], (n) => (n % 2 ? 'odd' : 'even')).odd?.length",
    "return [3, 1, 2].toSorted().with(0, 9).at(-1)",
    "return await Array.fromAsync([1, Promise.resolve(2)])",
    "return [1, 2, 3].values().map((n) => n * 2).filter((n) => n > 2).toArray()",
    "return /^\\p{Letter}+$/v.test('aé') && /(?<year>\\d{4})/.exec('2026')?.groups?.year",
    "const { promise, resolve } = Promise.withResolvers<number>(); resolve(1); return await promise",
    "using resource = { closed: false, [Symbol.dispose]() { this.closed = true } }; return resource.closed",
    "const e = new Error('outer', { cause: new TypeError('inner') }); Error.captureStackTrace(e); return (e.cause as Error).message",
    "return typeof new WeakRef({}).deref()",
    "const c: unknown = event; return (c as any)?.user?.email satisfies string | undefined",
    "enum Kind { A = 1, B } const enum Size { S = 3 } return Kind.B + Size.S",
    "return new Uint8Array([1]).toBase64() + Uint8Array.fromHex('ff').toHex() + RegExp.escape('.')",
    "return Math.sumPrecise([0.1, 0.2]) + new Map<string, number>().getOrInsert('a', 1)",
    "class A { #x = 1; static { console.log('made') } get x() { return this.#x } } return new A().x",
    "return [Math.max(...[1, 2]), Number.parseFloat('1.5'), parseInt('7', 10), encodeURIComponent('ä'), JSON.stringify({ a: 1 })]",
    "return typeof globalThis === 'object' && performance.now() >= 0",
    "console.table([{ a: 1 }]); console.group('x'); console.groupEnd(); console.assert(true); console.count(); console.time(); console.timeEnd()",
    "const t = new EventTarget(); let n = 0; t.addEventListener('x', () => { n += 1 }, { once: true }); t.dispatchEvent(new Event('x')); t.dispatchEvent(new CustomEvent('x', { detail: 1 })); return n",
    "const form = new FormData(); form.set('a', new Blob(['x'], { type: 'text/plain' }), 'a.txt'); return [...form.keys()]",
    "return await new Response('x', { headers: { a: 'b' } }).text() + (await Response.json({ a: 1 }).json()).a",
    "return new Request('https://a.b/', { method: 'PUT', body: 'x' }).clone().method",
    "try { new URL('nonsense') } catch (error) { return error instanceof TypeError }",
    "return new DOMException('x', 'AbortError').code",
    "let size = 0; for await (const bytes of new Response('ab').body ?? []) size += bytes.length; return size",
    "const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']); return (await crypto.subtle.exportKey('jwk', key)).kty",
    "return URL.canParse('https://a.b/') && URL.parse('nonsense') === null",
];

/// Whole sources that are right for both.
const WHOLE: &[(&str, &str)] = &[
    ("namespace.ts", "namespace Inner { export const x = 1 }\nexport default () => Inner.x;"),
    (
        "equals.ts",
        "async function beforeSignup(): Promise<number> { return 1 }\nexport = { default: beforeSignup };",
    ),
    (
        "common.js",
        "const { createHmac } = require('crypto');\nexports.default = () => createHmac('sha256', 'a').update('b').digest('hex');",
    ),
    (
        "whole.js",
        "const crypto = require('node:crypto');\nmodule.exports = { default: () => crypto.randomUUID() };",
    ),
    (
        "import.ts",
        "import { createHash, randomUUID } from 'crypto';\nimport all from 'node:crypto';\nexport default () => createHash('sha256').update(randomUUID()).digest('hex') + all.randomUUID();",
    ),
];

/// Bodies that are wrong for both, and what the failure must say.
const WRONG: &[(&str, &str)] = &[
    ("return new Intl.NumberFormat('de').format(1)", "Intl is not defined: "),
    ("return (1).toLocaleString('de')", "toLocaleString takes no locale"),
    ("return (1).toLocaleString(undefined, { style: 'percent' })", "toLocaleString takes no locale"),
    ("return 1n.toLocaleString('de')", "toLocaleString takes no locale"),
    ("return [1].toLocaleString('de')", "toLocaleString takes no locale"),
    ("return new Uint8Array(1).toLocaleString('de')", "toLocaleString takes no locale"),
    ("return new Date(0).toLocaleString('de')", "toLocaleString takes no locale"),
    (
        "return new Date(0).toLocaleDateString('de', { timeZone: 'UTC' })",
        "toLocaleDateString takes no locale",
    ),
    ("return new Date(0).toLocaleTimeString('de')", "toLocaleTimeString takes no locale"),
    ("return 'a'.localeCompare('b', 'de')", "localeCompare takes no locale"),
    ("return 'I'.toLocaleLowerCase('tr')", "toLocaleLowerCase takes no locale"),
    ("return 'i'.toLocaleUpperCase('tr')", "toLocaleUpperCase takes no locale"),
    ("return process.env.KEY", "process is not defined: "),
    ("return Buffer.from('x')", "Buffer is not defined: "),
    ("return window.location.href", "window is not defined: "),
    ("return document.title", "document is not defined: "),
    ("return localStorage.getItem('x')", "localStorage is not defined: "),
    ("return new XMLHttpRequest()", "XMLHttpRequest is not defined: "),
    ("return new WebSocket('wss://a.b')", "WebSocket is not defined: "),
    ("setImmediate(() => {})", "setImmediate is not defined: "),
    ("return __dirname", "__dirname is not defined: "),
    ("return Deno.version", "Deno is not defined: "),
    ("return new Worker('x')", "Worker is not defined: "),
    ("return WebAssembly.compile", "WebAssembly is not defined: "),
    ("return navigator.userAgent", "navigator is not defined: "),
    ("return global.x", "global is not defined: "),
    ("return Temporal.Now.instant()", "Temporal is not defined: "),
    ("return null.x", "null"),
];

/// Whole sources that fail before they run, and what the failure must say.
const IMPOSSIBLE: &[(&str, &str, &str)] = &[
    (
        "a.ts",
        "function log(..._: any[]): any {}\nclass A { @log run() {} }\nexport default () => new A();",
        "Decorators are not supported",
    ),
    (
        "b.js",
        "const log = () => {};\n@log class A {}\nexport default () => new A();",
        "Decorators are not supported",
    ),
    (
        "c.ts",
        "import fs from 'fs';\nexport default () => fs;",
        "Cannot find module 'fs': hooks have no files",
    ),
    (
        "d.ts",
        "import axios from 'axios';\nexport default () => axios;",
        "Cannot find module 'axios': use fetch",
    ),
    (
        "e.js",
        "const fs = require('node:fs');\nexports.default = () => fs;",
        "Cannot find module 'node:fs': hooks have no files",
    ),
    (
        "f.ts",
        "export default async () => (await import('left-pad')).default;",
        "Cannot find module 'left-pad': hooks run without npm packages",
    ),
    ("g.ts", "export default () => <b>mail</b>;", "JSX is not supported"),
    ("h.js", "export default () => <b>mail</b>;", "JSX is not supported"),
    (
        "i.ts",
        "import { check } from './other';\nexport default () => check();",
        "Cannot find module './other'",
    ),
    ("j.ts", "export * from 'jose';", "Cannot find module 'jose'"),
    ("k.ts", "export default () => { return 1 \n", "Expected"),
    ("l.ts", "const key = process.env.KEY;\nexport default () => key;", "process is not defined: "),
];

fn typescript(body: &str) -> String {
    format!(
        "export default async function hook({{ event, api, context, payload, Aerocall }}: any) {{\n{body}\n}}"
    )
}

/// What the editor underlines in each source.
fn underlined(sources: impl Iterator<Item = (String, String)>) -> BTreeMap<String, Vec<checker::Problem>> {
    let hooks = BTreeMap::from([("all".to_owned(), sources.collect())]);
    checker::problems(&hooks).remove("all").unwrap_or_default()
}

#[tokio::test]
async fn n23_what_the_editor_accepts_runs() {
    let sources: Vec<(String, String)> = RIGHT
        .iter()
        .enumerate()
        .map(|(n, body)| (format!("{n}.ts"), typescript(body)))
        .chain(WHOLE.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())))
        .collect();
    let problems = underlined(sources.iter().cloned());
    let mut wrong = Vec::new();
    for (name, source) in &sources {
        for problem in &problems[name] {
            wrong.push(format!("line {} is underlined: {}\n{source}", problem.line, problem.message));
        }
        if let Err(why) = outcome(name, source).await {
            wrong.push(format!("failed: {why}\n{source}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn n23_what_fails_is_underlined_and_says_what_to_do() {
    let bodies =
        WRONG.iter().enumerate().map(|(n, (body, says))| (format!("{n}.ts"), typescript(body), *says));
    let whole =
        IMPOSSIBLE.iter().map(|(name, source, says)| ((*name).to_owned(), (*source).to_owned(), *says));
    let sources: Vec<(String, String, &str)> = bodies.chain(whole).collect();
    let problems = underlined(sources.iter().map(|(name, text, _)| (name.clone(), text.clone())));
    let mut wrong = Vec::new();
    for (name, source, says) in &sources {
        if problems[name].is_empty() {
            wrong.push(format!("not underlined:\n{source}"));
        }
        match outcome(name, source).await {
            Ok(()) => wrong.push(format!("ran:\n{source}")),
            Err(why) if !why.contains(says) => wrong.push(format!("said {why}, not {says}:\n{source}")),
            Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// How compiling, loading and running it ends.
async fn outcome(name: &str, source: &str) -> Result<(), String> {
    let language = if name.ends_with(".ts") { Language::TypeScript } else { Language::JavaScript };
    let compiled = match SANDBOX.compile(source, language, "tests").await {
        Ok(compiled) => compiled,
        Err(CompileError::Source(found)) => {
            assert!(found.iter().all(|diagnostic| diagnostic.line > 0), "{found:?}");
            return Err(found[0].message.clone());
        }
        Err(error) => return Err(error.to_string()),
    };
    let program = match SANDBOX.load(&compiled, &Limits::default(), "tests").await {
        Ok(program) => program,
        Err(Failure::Threw(thrown)) => return Err(thrown.message),
        Err(failure) => return Err(failure.to_string()),
    };
    let call = call("default", vec![Argument::Bag], json!({}));
    let run = SANDBOX.run(&program, "tests", &call, &Limits::default(), Arc::new(TestHost)).await;
    match run.outcome {
        Outcome::Returned => Ok(()),
        Outcome::Threw(thrown) => Err(thrown.message),
        other => Err(format!("{other:?}")),
    }
}

#[tokio::test]
async fn a_hook_can_ask_what_the_platform_has() {
    let asked =
        "return [typeof process, typeof window, typeof Intl, typeof Buffer, 'document' in globalThis]";
    let expected = json!(["undefined", "undefined", "undefined", "undefined", false]);
    assert_eq!(value_of(asked).await, expected);
}
