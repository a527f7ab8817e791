/**
 * Loads the editor's module; the bundle around this file must not follow the import. The module's stylesheet comes at
 * the same time, not after it.
 */
export async function load(address) {
  const link = document.createElement("link");
  link.rel = "preload";
  link.as = "style";
  link.href = new URL("./host.css", new URL(address, document.baseURI)).href;
  if (!document.head.querySelector(`link[href="${link.href}"]`)) document.head.append(link);
  return await import(address);
}
