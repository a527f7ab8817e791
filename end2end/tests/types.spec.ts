// What the editor underlines is what fails, and nothing else.
import { type Page } from "@playwright/test";

import { CodeEditor } from "../support/editor.ts";
import { expect, open, test } from "../support/fixtures.ts";

const hook = (body: string) =>
  `export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi): Promise<void> {
${body}
}
`;

/** Each of them works. */
const RIGHT = hook(`  const headers = new Headers({ accept: "application/json" });
  const controller = new AbortController();
  const body = new URLSearchParams({ email: event.user.email ?? "" });
  const signed = crypto.createHmac("sha256", "key").update("text").digest("hex");
  const answer = await fetch("https://api.example.com/", { method: "POST", body, headers, signal: controller.signal });
  const url = new URL("https://api.example.com/?a=b");
  for (const [name, value] of url.searchParams) console.log(name, value, signed, answer.status);
  return api.access.deny("no", "No");`);

const WRONG = hook(`  console.log(new Intl.NumberFormat("de").format(1), (1).toLocaleString("de"));
  console.log(process.env.KEY, document.title);
  return false;`);

/** Errors that the checker finds in the editor, once it has looked. */
async function errors(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { __hookwright_editor } = window as unknown as { __hookwright_editor: { check(): Promise<string> } };
    const found = JSON.parse(await __hookwright_editor.check()) as Array<{ severity: string; message: string }>;
    return found.filter(({ severity }) => severity === "error").map(({ message }) => message);
  });
}

test("n23 what works is not underlined, and what fails is, with the way around", async ({ page, project, management }) => {
  const made = await management.createHook(project, "beforeSignup", "Platform", RIGHT);
  await open(page, `/console/p/${project}/hooks/${made.id}`);
  const editor = new CodeEditor(page);
  await editor.focus();
  await expect.poll(() => errors(page)).toEqual([]);

  await editor.replace(WRONG);
  await expect.poll(async () => (await errors(page)).length).toBe(5);
  const found = (await errors(page)).join("\n");
  expect(found).toContain("Cannot find name 'Intl': write formats out by hand");
  expect(found).toContain("Expected 0 arguments, but got 1.");
  expect(found).toContain("Cannot find name 'process': secrets are in event.secrets");
  expect(found).toContain("Cannot find name 'document'");
  expect(found).toContain("Type 'boolean' is not assignable to type 'void'.");
});
