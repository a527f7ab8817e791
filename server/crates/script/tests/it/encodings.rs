//! `TextEncoder` and `TextDecoder`.

use serde_json::json;

use crate::harness::*;

#[tokio::test]
async fn every_encoding_of_the_standard_is_there() {
    let value = value_of(
        "const read = (label, ...bytes) => new TextDecoder(label).decode(new Uint8Array(bytes));\n\
         return [read('latin1', 0x80, 0xe9), read('utf-16le', 0x61, 0, 0x3d, 0xd8, 0, 0xde), read('shift_jis', 0x82, 0xa0), read('gb18030', 0xc4, 0xe3),\n\
         read('euc-kr', 0xb0, 0xa1), read('koi8-r', 0xc1), read('x-user-defined', 0x80), new TextDecoder(' UTF8\\n').encoding, new TextDecoder('ascii').encoding,\n\
         ['replacement', 'utf-7', ''].map((label) => { try { return new TextDecoder(label).encoding } catch (e) { return e.name } })]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            "€é",
            "a😀",
            "あ",
            "你",
            "가",
            "а",
            "\u{f780}",
            "utf-8",
            "windows-1252",
            ["RangeError", "RangeError", "RangeError"]
        ])
    );
}

#[tokio::test]
async fn a_text_that_comes_in_parts_is_put_together() {
    let value = value_of(
        "const parts = (label, options, ...chunks) => { const d = new TextDecoder(label, options); let text = '';\n\
           for (const chunk of chunks) text += d.decode(new Uint8Array(chunk), { stream: true }); return text + d.decode() };\n\
         const one = new TextDecoder(); const two = new TextDecoder();\n\
         const mixed = [one.decode(new Uint8Array([0xe2, 0x82]), { stream: true }), two.decode(new Uint8Array([0xf0]), { stream: true }), one.decode(new Uint8Array([0xac])), two.decode()];\n\
         let refused; try { parts('utf-8', { fatal: true }, [0xe2, 0x82]) } catch (e) { refused = e.name }\n\
         return [parts('utf-8', {}, [0xef], [0xbb, 0xbf, 0x61], [0xe2, 0x82], [0xac]), parts('utf-8', { ignoreBOM: true }, [0xef, 0xbb], [0xbf, 0x61]).length,\n\
         parts('utf-16be', {}, [0xd8], [0x3d, 0xde], [0]), parts('shift_jis', {}, [0x82], [0xa0]), parts('utf-8', {}, [0xf0, 0x9f]), mixed, refused]",
    )
    .await;
    assert_eq!(value, json!(["a€", 2, "😀", "あ", "\u{fffd}", ["", "", "€", "\u{fffd}"], "TypeError"]));
}

#[tokio::test]
async fn byte_order_marks_and_invalid_bytes() {
    let value = value_of(
        "const bom = new Uint8Array([0xef, 0xbb, 0xbf, 0x61]); let refused;\n\
         try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xff])) } catch (e) { refused = [e.name, e.message] }\n\
         return [new TextDecoder().decode(bom), new TextDecoder('utf-8', { ignoreBOM: true }).decode(bom), new TextDecoder('utf-8', { fatal: true }).decode(bom),\n\
         new TextDecoder().decode(new DataView(bom.buffer, 3)), refused, new TextDecoder().decode(new Uint8Array([0x61, 0xff, 0])).length, new TextDecoder().decode(new Uint8Array([0x61, 0xff]))]",
    )
    .await;
    assert_eq!(
        value,
        json!(["a", "\u{feff}a", "a", "a", ["TypeError", "the data are not valid UTF-8"], 3, "a\u{fffd}"])
    );
}

#[tokio::test]
async fn encode_into_writes_whole_characters_only() {
    let value = value_of(
        "const into = (text, room) => { const target = new Uint8Array(room); const { read, written } = new TextEncoder().encodeInto(text, target); return [read, written, [...target]] };\n\
         return [into('aé😀', 2), into('aé😀', 3), into('aé😀', 6), into('aé😀', 7), into('😀', 3), into('\\ud800', 4), into('', 0)]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            [1, 1, [97, 0]],
            [2, 3, [97, 195, 169]],
            [2, 3, [97, 195, 169, 0, 0, 0]],
            [4, 7, [97, 195, 169, 240, 159, 152, 128]],
            [0, 0, [0, 0, 0]],
            [1, 3, [239, 191, 189, 0]],
            [0, 0, []]
        ])
    );
}

#[tokio::test]
async fn streams_of_text_are_encoded_and_decoded() {
    let value = value_of(
        "const of = (...chunks) => new ReadableStream({ start(c) { for (const chunk of chunks) c.enqueue(chunk); c.close() } });\n\
         let text = ''; for await (const part of of(new Uint8Array([0xe2]), new Uint8Array([0x82, 0xac, 0x61])).pipeThrough(new TextDecoderStream())) text += part;\n\
         const bytes = []; for await (const part of of('a\\ud83d', '\\ude00').pipeThrough(new TextEncoderStream())) bytes.push(...part);\n\
         const file = structuredClone(new File(['x'], 'n', { type: 'text/plain' }));\n\
         return [text, bytes, file instanceof File, await file.text(), file.name, file.type]",
    )
    .await;
    assert_eq!(value, json!(["€a", [97, 240, 159, 152, 128], true, "x", "n", "text/plain"]));
}
