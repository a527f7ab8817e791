//! `Blob`, `File` and `FormData`, and forms as bodies.

use serde_json::json;

use crate::harness::*;

#[tokio::test]
async fn blobs_hold_bytes_and_give_parts_of_them() {
    let value = value_of(
        "const b = new Blob(['aé', new Uint8Array([0, 255]), new Blob(['z'])], { type: 'Text/X' });\n\
         return [b.size, b.type, [...await b.bytes()], await b.slice(0, 3, 'a/b').text(), b.slice(0, 3, 'a/b').type, b.slice(-1).size, b.slice(4, 2).size,\n\
           new Blob(['x'], { type: 'ä' }).type, await new Blob(['a\\r\\nb\\rc'], { endings: 'native' }).text(), b instanceof File]",
    )
    .await;
    assert_eq!(
        value,
        json!([6, "text/x", [97, 195, 169, 0, 255, 122], "aé", "a/b", 1, 0, "", "a\nb\nc", false])
    );
    let value = value_of(
        "const f = new File(['x'], 'ü.txt', { type: 'a/b', lastModified: 7 }); return [f.name, f.lastModified, f.size, f instanceof Blob, String(f)]",
    )
    .await;
    assert_eq!(value, json!(["ü.txt", 7, 1, true, "[object File]"]));
}

#[tokio::test]
async fn a_form_keeps_names_and_values_in_order() {
    let value = value_of(
        "const f = new FormData(); f.append('a', 1); f.append('b', '2'); f.append('a', '3'); f.append('c', new Blob(['x']), 'x.bin');\n\
         f.set('a', '4'); const got = [[...f].map(([n, v]) => [n, typeof v === 'string' ? v : v.name]), f.get('none'), f.getAll('a'), f.has('b')];\n\
         f.delete('b'); let error; try { new FormData({}) } catch (e) { error = e.message } return [...got, [...f.keys()], error]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            [["a", "4"], ["b", "2"], ["c", "x.bin"]],
            null,
            ["4"],
            true,
            ["a", "c"],
            "there are no HTML forms here: use new FormData() and append"
        ])
    );
}

#[tokio::test]
async fn a_form_is_sent_as_multipart() {
    let value = value_of(
        "const f = new FormData(); f.append('na\"me\\n', 'line\\nline'); f.append('file', new File([new Uint8Array([1, 255])], 'a\"b.png', { type: 'image/png' }));\n\
         const r = new Request('https://a.b/', { method: 'POST', body: f }); const type = r.headers.get('content-type'); const boundary = type.split('boundary=')[1];\n\
         const text = [...await r.bytes()].map((byte) => String.fromCharCode(byte)).join('').replaceAll(boundary, 'B'); return [type.startsWith('multipart/form-data; boundary=----'), text]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            true,
            "--B\r\nContent-Disposition: form-data; name=\"na%22me%0D%0A\"\r\n\r\nline\r\nline\r\n\
             --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b.png\"\r\nContent-Type: image/png\r\n\r\n\u{1}\u{ff}\r\n--B--\r\n"
        ])
    );
}

#[tokio::test]
async fn a_form_is_read_from_multipart_and_from_a_query() {
    let value = value_of(
        "const f = new FormData(); f.append('ä\"', 'x\\r\\ny'); f.append('e', ''); f.append('file', new File([new Uint8Array([13, 10, 45, 45, 255])], 'a.bin', { type: 'a/b' }));\n\
         const got = await new Response(f).formData(); const file = got.get('file');\n\
         const query = await new Response(new URLSearchParams('?a=1&b=%20+&a=2')).formData();\n\
         return [[...got].slice(0, 2), file.name, file.type, [...await file.bytes()], [...query]]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            [["ä\"", "x\r\ny"], ["e", ""]],
            "a.bin",
            "a/b",
            [13, 10, 45, 45, 255],
            [["a", "1"], ["b", "  "], ["a", "2"]]
        ])
    );
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused() {
    let form = |text: &str| {
        format!(
            "new Response({text:?}, {{ headers: {{ 'content-type': 'multipart/form-data; boundary=B' }} }})"
        )
    };
    for body in [
        form(""),
        form("--B"),
        form("--B\r\n"),
        form("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno end"),
        form("--B\r\n\r\nno name\r\n--B--"),
        form("--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--B--"),
        "new Response('--B--', { headers: { 'content-type': 'multipart/form-data' } })".to_owned(),
        "new Response('a=1')".to_owned(),
        "new Response(new Uint8Array(3))".to_owned(),
    ] {
        let value =
            value_of(&format!("try {{ return [...await {body}.formData()] }} catch (e) {{ return e.name }}"))
                .await;
        assert_eq!(value, json!("TypeError"), "{body}");
    }
    let accepted = form(
        "before\r\n--B\r\ncontent-disposition: form-data; name=a; filename=b.txt\r\nX-Other: 1\r\n\r\nx\r\n--B--\r\nafter",
    );
    let value = value_of(&format!("const file = (await {accepted}.formData()).get('a'); return [file.name, file.type, await file.text()]")).await;
    assert_eq!(value, json!(["b.txt", "text/plain", "x"]));
}
