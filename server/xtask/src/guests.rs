//! The sandbox guests: Rust → WebAssembly → (for JavaScript) a snapshot after `init` → native code.
//!
//! Work is skipped while a stamp of everything that goes into it stays the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use sha2::{Digest, Sha256};
use wasmtime::{Engine, Linker, Module, Store};
use wasmtime_wizer::Wizer;

#[path = "../../crates/script/src/engine_config.rs"]
mod engine_config;

/// Variables that name clang and archiver for the guest's C code, and what they are when nothing names them.
const C_TOOLS: [(&str, &str); 2] =
    [("CC_wasm32_unknown_unknown", "clang-14"), ("AR_wasm32_unknown_unknown", "llvm-ar-14")];
/// A 1 MiB stack at the bottom of memory, whose pointer the host saves with a snapshot.
const LINK_FLAGS: &str = "-C link-arg=-zstack-size=1048576 -C link-arg=--export=__stack_pointer";
/// What of a guest's folder goes into it.
const INPUTS: [&str; 6] = ["Cargo.toml", "Cargo.lock", "package.json", "package-lock.json", "src", "js"];

/// Builds both guests into `<artifacts>/guests/`.
pub fn build() -> Result<()> {
    let out = crate::artifacts().join("guests");
    let tools = c_tools();
    let stamp = stamp(&tools)?;
    let finished = ["js.cwasm", "ts.cwasm"].iter().all(|name| out.join(name).exists());
    if finished && fs::read_to_string(out.join("stamp")).is_ok_and(|old| old == stamp) {
        println!("guests: up to date");
        return Ok(());
    }
    fs::create_dir_all(&out)?;
    let started = Instant::now();

    println!("guests: bundling the prelude");
    let prelude = bundle_prelude()?;
    println!("guests: compiling the JavaScript engine");
    let js = compile_guest("guest", &prelude, &tools)?;
    println!("guests: compiling the TypeScript compiler");
    let ts = compile_guest("tsguest", &prelude, &tools)?;

    println!("guests: taking the base image");
    let engine = Engine::new(&config()?).map_err(plain)?;
    let js = snapshot(&engine, &fs::read(js)?).map_err(plain)?;
    println!("guests: generating native code");
    write(&out.join("js.cwasm"), &engine.precompile_module(&js).map_err(plain)?)?;
    write(&out.join("ts.cwasm"), &engine.precompile_module(&fs::read(ts)?).map_err(plain)?)?;
    // Native QuickJS has to evaluate it for every call, as the sandbox's benchmark shows.
    write(&out.join("prelude.js"), &fs::read(&prelude)?)?;
    write(&out.join("stamp"), stamp.as_bytes())?;
    println!("guests: done in {:.1} s", started.elapsed().as_secs_f32());
    Ok(())
}

/// The shared settings, for any processor of this architecture rather than only this one.
fn config() -> Result<wasmtime::Config> {
    let mut config = engine_config::engine_config();
    let (arch, os) = (std::env::consts::ARCH, std::env::consts::OS);
    match os {
        "linux" => config.target(&format!("{arch}-unknown-linux-gnu")).map_err(plain)?,
        _ => bail!("the sandbox is built for Linux only, not {os}"),
    };
    Ok(config)
}

fn script_dir() -> PathBuf {
    crate::root().join("server/crates/script")
}

/// Names of clang and archiver: of the environment, else those that `setup.sh` has found.
fn c_tools() -> [String; 2] {
    let found = fs::read_to_string(crate::target_dir().join("clang")).unwrap_or_default();
    let mut found = found.lines();
    C_TOOLS.map(|(variable, usual)| {
        let found = found.next();
        std::env::var(variable).unwrap_or_else(|_| found.unwrap_or(usual).to_owned())
    })
}

/// A hash of all sources, settings and tools.
fn stamp(tools: &[String]) -> Result<String> {
    let mut hash = Sha256::new();
    for tool in tools {
        hash.update(tool);
        hash.update([0]);
    }
    for guest in ["guest", "tsguest"] {
        for input in INPUTS {
            add(&mut hash, &script_dir().join(guest).join(input))?;
        }
    }
    for file in ["src/engine_config.rs", "platform/absent.json"] {
        add(&mut hash, &script_dir().join(file))?;
    }
    for file in ["src/guests.rs", "Cargo.lock"] {
        add(&mut hash, &crate::root().join("server/xtask").join(file))?;
    }
    add(&mut hash, &crate::root().join("rust-toolchain.toml"))?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Adds a file, or a folder's files in the order of their names; what does not exist adds nothing.
fn add(hash: &mut Sha256, path: &Path) -> Result<()> {
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            add(hash, &entry.path())?;
        }
    } else if path.exists() {
        let content = fs::read(path)?;
        hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        hash.update(content.len().to_le_bytes());
        hash.update(content);
    }
    Ok(())
}

/// Bundles `guest/js` into one file and returns its path.
fn bundle_prelude() -> Result<PathBuf> {
    let dir = script_dir().join("guest");
    run(Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])
        .current_dir(&dir))?;
    let out = crate::target_dir().join("guest/prelude.js");
    run(Command::new(dir.join("node_modules/.bin/esbuild"))
        .args([
            "js/main.js",
            "--bundle",
            "--format=cjs",
            "--target=es2022",
            "--charset=utf8",
            "--log-level=warning",
        ])
        .args(["--minify-whitespace", "--minify-syntax"])
        // Its tables would be objects by the ten thousand; the native half has them as data.
        .arg("--alias:tr46=./js/tr46.js")
        .arg(format!("--outfile={}", out.display()))
        .current_dir(&dir))?;
    Ok(out)
}

/// Compiles one guest in release mode and returns the path of its module.
fn compile_guest(name: &str, prelude: &Path, tools: &[String]) -> Result<PathBuf> {
    let target = crate::target_dir().join("guest");
    run(Command::new("cargo")
        .args(["build", "--release", "--locked", "--target", "wasm32-unknown-unknown"])
        .current_dir(script_dir().join(name))
        .env("CARGO_TARGET_DIR", &target)
        .envs(C_TOOLS.iter().map(|(variable, _)| variable).zip(tools))
        .env("CFLAGS_wasm32_unknown_unknown", "-O2 -DNDEBUG")
        .env("RUSTFLAGS", LINK_FLAGS)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("HOOKWRIGHT_PRELUDE", prelude))?;
    Ok(target.join(format!("wasm32-unknown-unknown/release/{name}.wasm")))
}

/// The module with the memory it has after `init`, so that no call pays for it.
fn snapshot(engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Vec<u8>> {
    let mut store = Store::new(engine, ());
    store.set_epoch_deadline(u64::MAX / 2);
    let mut wizer = Wizer::new();
    wizer.init_func("init").keep_init_func(true);
    let image = wizer.run(&mut store, wasm, async |store, module: &Module| {
        let mut linker = Linker::new(store.engine());
        // The image must be the same whenever it is built.
        linker.func_wrap("env", "__rquickjs_host_now_us", || 0.0_f64)?;
        linker.define_unknown_imports_as_traps(module)?;
        linker.instantiate_async(store, module).await
    });
    // Nothing in `init` waits, so one poll finishes it.
    match std::pin::pin!(image).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(image) => image,
        Poll::Pending => wasmtime::bail!("init must not wait for anything"),
    }
}

/// The error of wasmtime, whose type is its own, with all its causes.
fn plain(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:#}")
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {:?}", command.get_program()))?;
    ensure!(status.success(), "{:?} failed: {status}", command.get_program());
    Ok(())
}

/// Writes beside the file and renames, so that a build that is reading sees the old or the new one.
fn write(path: &Path, content: &[u8]) -> Result<()> {
    let fresh = path.with_extension("new");
    fs::write(&fresh, content)?;
    fs::rename(&fresh, path)?;
    Ok(())
}
