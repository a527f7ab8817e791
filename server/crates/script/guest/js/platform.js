// Classes of other files that fetch needs, as they were before any hook code could replace them.
export const platform = {};

/** Called when all of them are there. */
export function keepPlatform() {
  const { AbortController, AbortSignal, structuredClone, URL, URLSearchParams } = globalThis;
  Object.assign(platform, { AbortController, AbortSignal, structuredClone, URL, URLSearchParams });
}

/** An absolute URL, parsed. The error does not repeat a password. */
export function parseUrl(text) {
  try {
    return new platform.URL(text);
  } catch {
    const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
    throw new TypeError(`Invalid URL: '${shown.replace(/\/\/[^/?#]*@/, "//•••@")}'${/^[a-z][a-z0-9+.-]*:/i.test(text) ? "" : " (an absolute URL is needed, such as https://example.com/path)"}`);
  }
}
