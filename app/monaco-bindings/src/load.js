/** Loads the editor's module; the bundle around this file must not follow the import. */
export async function load(address) {
  return await import(address);
}
