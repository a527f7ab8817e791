//! Empties functions that the linker had to keep though no page can reach them.

use std::{collections::HashMap, ops::Range};

use anyhow::{Context, Result, ensure};
use wasm_encoder::{CustomSection, Encode as _, Section as _};
use wasmparser::{KnownCustom, Name, Parser, Payload, RelocSectionReader, TypeRef};

const RELOCATIONS: &str = "reloc.CODE";
const UNREACHABLE: u8 = 0x00;
const NOP: u8 = 0x01;
const END: u8 = 0x0b;

/// Whether a function, by its mangled name, belongs to the asynchronous way to take over a page.
///
/// Every view that is erased holds pointers to both ways, so that neither can be left out by the linker. This
/// application takes only the other one: it loads a page's code first and hydrates at once (`app::hydrate`). The
/// asynchronous one is a fifteenth of the code.
///
/// Only what makes and polls these futures is taken: such a function ends in a panic that names its own line, by which
/// it cannot have been merged with one that does something else.
fn hydrates_later(name: &str) -> bool {
    const POLL: &str = "13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$17h";
    const MAKE: &str = "8into_any13hydrate_async17h";
    name.starts_with("_ZN") && !name.contains("drop_in_place") && (name.contains(POLL) || name.contains(MAKE))
}

/// Where things are in a linked module.
#[derive(Default)]
struct Layout<'a> {
    imported: usize,
    bodies: Vec<Range<usize>>,
    /// What the offsets of relocations count from.
    code: usize,
    names: HashMap<usize, &'a str>,
    relocations: Option<(Range<usize>, RelocSectionReader<'a>)>,
}

/// The module with the bodies of those functions emptied, and how many they were. Nothing moves, so that all other
/// relocations stay true.
///
/// # Errors
/// When the module is not as the linker writes it with `--emit-relocs`.
pub fn empty(module: &[u8]) -> Result<(Vec<u8>, usize)> {
    let layout = layout(module)?;
    let mut emptied: Vec<Range<usize>> = Vec::new();
    let mut out = module.to_vec();
    for (index, body) in layout.bodies.iter().enumerate() {
        if layout.names.get(&(index + layout.imported)).is_some_and(|name| hydrates_later(name)) {
            fill(&mut out[body.clone()])?;
            emptied.push(body.clone());
        }
    }
    ensure!(!emptied.is_empty(), "no function has the name that those have which were looked for");
    let (section, relocations) = layout.relocations.context("the module has no relocations")?;
    let kept = without(module, &relocations, layout.code, &emptied)?;
    let mut whole = out[..section.start].to_vec();
    whole.extend(kept);
    whole.extend_from_slice(&out[section.end..]);
    Ok((whole, emptied.len()))
}

fn layout(module: &[u8]) -> Result<Layout<'_>> {
    let mut found = Layout::default();
    // Where the section began that is being looked at: a reader tells only where its content does.
    let mut begin = 8;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        match &payload {
            Payload::ImportSection(imports) => {
                for import in imports.clone().into_imports() {
                    found.imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionStart { range, .. } => found.code = usize::try_from(range.start)?,
            Payload::CodeSectionEntry(body) => {
                let range = body.range();
                found.bodies.push(usize::try_from(range.start)?..usize::try_from(range.end)?);
            }
            Payload::CustomSection(custom) => match custom.as_known() {
                KnownCustom::Name(names) => {
                    for part in names {
                        if let Name::Function(functions) = part? {
                            for naming in functions {
                                let naming = naming?;
                                found.names.insert(naming.index as usize, naming.name);
                            }
                        }
                    }
                }
                KnownCustom::Reloc(relocations) if custom.name() == RELOCATIONS => {
                    let end = usize::try_from(custom.range().end)?;
                    found.relocations = Some((begin..end, relocations));
                }
                _ => {}
            },
            _ => {}
        }
        if let Some((_, range)) = payload.as_section() {
            begin = usize::try_from(range.end)?;
        }
    }
    Ok(found)
}

/// A body of the same length that traps.
fn fill(body: &mut [u8]) -> Result<()> {
    // No locals, `unreachable`, `end`.
    ensure!(body.len() >= 3, "a function of {} bytes", body.len());
    body.fill(NOP);
    body[0] = 0;
    body[1] = UNREACHABLE;
    body[body.len() - 1] = END;
    Ok(())
}

/// The section with the code's relocations, without those inside of emptied functions.
fn without(
    module: &[u8],
    relocations: &RelocSectionReader<'_>,
    code: usize,
    emptied: &[Range<usize>],
) -> Result<Vec<u8>> {
    let (mut count, mut entries) = (0_u32, Vec::new());
    let all = relocations.entries();
    let end = usize::try_from(all.range().end)?;
    let mut all = all.into_iter_with_offsets().peekable();
    while let Some(entry) = all.next() {
        let (start, entry) = entry?;
        let next = match all.peek() {
            Some(Ok((next, _))) => usize::try_from(*next)?,
            _ => end,
        };
        let place = code + entry.offset as usize;
        let before = emptied.partition_point(|body| body.start <= place);
        if before.checked_sub(1).is_some_and(|last| emptied[last].contains(&place)) {
            continue;
        }
        count += 1;
        entries.extend_from_slice(&module[usize::try_from(start)?..next]);
    }
    let mut data = Vec::with_capacity(entries.len() + 10);
    relocations.section_index().encode(&mut data);
    count.encode(&mut data);
    data.extend(entries);
    let mut section = Vec::with_capacity(data.len() + 20);
    CustomSection { name: RELOCATIONS.into(), data: data.into() }.append_to(&mut section);
    Ok(section)
}
