// Drafts: two people on one, and leaving while something is unsaved.
import { CodeEditor } from "../support/editor.ts";
import { expect, open, test } from "../support/fixtures.ts";
import { hold } from "../support/gate.ts";

/** Where drafts are saved. */
const SAVE = /\/console\/api\/hooks\/draft$/;

const SOURCE = `export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  console.log("first");
}
`;

test.use({ expectedErrors: /status of (409|401)/ });

test("a11 two tabs on one draft: nothing is overwritten, both texts are kept", async ({
  page,
  context,
  project,
  management,
}) => {
  const hook = await management.createHook(project, "beforeSignup", "Shared", SOURCE);
  const address = `/console/p/${project}/hooks/${hook.id}`;
  await open(page, address);
  const mine = new CodeEditor(page);
  await mine.focus();

  const other = await context.newPage();
  await open(other, address);
  const theirs = SOURCE.replace("first", "theirs");
  await new CodeEditor(other).replace(theirs);
  await expect(other.getByRole("status", { name: "State of the draft" })).toContainText("Saved");
  await expect.poll(async () => (await management.hook(project, hook.id)).draft.source).toBe(theirs);

  const own = SOURCE.replace("first", "mine");
  await mine.replace(own);
  const bar = page.getByRole("alert").filter({ hasText: "saved this draft" });
  await expect(bar).toBeVisible();
  expect((await management.hook(project, hook.id)).draft.source).toBe(theirs);

  await bar.getByRole("button", { name: "View differences" }).click();
  const dialog = page.getByRole("dialog", { name: "Their draft and yours" });
  await expect(dialog).toContainText("theirs");
  await expect(dialog).toContainText("mine");
  await dialog.getByRole("button", { name: "Close" }).click();

  await bar.getByRole("button", { name: "Keep mine" }).click();
  await expect(bar).toBeHidden();
  await expect.poll(async () => (await management.hook(project, hook.id)).draft.source).toBe(own);

  // Now the other tab is behind; it takes what is there.
  const late = new CodeEditor(other);
  await late.replace(SOURCE.replace("first", "late"));
  const behind = other.getByRole("alert").filter({ hasText: "saved this draft" });
  await behind.getByRole("button", { name: "Load theirs" }).click();
  await expect.poll(() => late.text()).toBe(own);
  expect((await management.hook(project, hook.id)).draft.source).toBe(own);
});

test("leaving for another page keeps what was typed", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Left behind", SOURCE);
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  const typed = SOURCE.replace("first", "typed in a hurry");
  await new CodeEditor(page).replace(typed);
  await page.getByRole("link", { name: "Secrets" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Secrets" })).toBeVisible();
  await expect.poll(async () => (await management.hook(project, hook.id)).draft.source).toBe(typed);
});

test("what was typed while a save was on its way follows it, and is there on coming back", async ({
  page,
  project,
  management,
}) => {
  const hook = await management.createHook(project, "beforeSignup", "Slow line", SOURCE);
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  const editor = new CodeEditor(page);
  const gate = await hold(page, SAVE);
  await editor.replace(SOURCE.replace("first", "second"));
  await gate.reached;
  const typed = SOURCE.replace("first", "third");
  await editor.replace(typed);
  await page.getByRole("link", { name: "Secrets" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Secrets" })).toBeVisible();
  // Back at once: the editor waits for what is on its way instead of showing what was there before.
  await page.goBack();
  gate.open();
  await editor.focus();
  expect(await editor.text()).toBe(typed);
  expect((await management.hook(project, hook.id)).draft.source).toBe(typed);
  // And goes on from there, without a conflict with oneself.
  const more = SOURCE.replace("first", "fourth");
  await editor.replace(more);
  await expect.poll(async () => (await management.hook(project, hook.id)).draft.source).toBe(more);
  await expect(page.getByRole("alert").filter({ hasText: "saved this draft" })).toBeHidden();
});

test("a text in conflict is asked about before it is left, and is there on coming back", async ({
  page,
  project,
  management,
}) => {
  const hook = await management.createHook(project, "beforeSignup", "Contested", SOURCE);
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  const editor = new CodeEditor(page);
  await editor.focus();
  const theirs = SOURCE.replace("first", "theirs");
  await management.saveDraft(project, hook, theirs);
  const own = SOURCE.replace("first", "mine");
  await editor.replace(own);
  const bar = page.getByRole("alert").filter({ hasText: "saved this draft" });
  await expect(bar).toBeVisible();

  const leaving = page.getByRole("dialog", { name: "Leave with unsaved changes?" });
  const secrets = page.getByRole("link", { name: "Secrets" });
  await secrets.click();
  await leaving.getByRole("button", { name: "Stay" }).click();
  await expect(leaving).toBeHidden();
  expect(await editor.text()).toBe(own);

  await secrets.click();
  await leaving.getByRole("button", { name: "Leave" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Secrets" })).toBeVisible();
  expect((await management.hook(project, hook.id)).draft.source).toBe(theirs);
  await page.getByRole("button", { name: "Open the hook" }).click();
  await editor.focus();
  expect(await editor.text()).toBe(own);
  await bar.getByRole("button", { name: "Keep mine" }).click();
  await expect.poll(async () => (await management.hook(project, hook.id)).draft.source).toBe(own);
});

test("a draft that does not compile is kept, and the compiler says where it fails", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Broken", SOURCE);
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  const editor = new CodeEditor(page);
  const broken = SOURCE.replace('console.log("first");', "const x = ;");
  await editor.replace(broken);
  await expect(page.getByRole("status", { name: "Problems" })).toContainText(/hook\.ts:2:\d+/);
  await expect.poll(async () => (await management.hook(project, hook.id)).draft.source).toBe(broken);
  await page.keyboard.press("ControlOrMeta+Shift+Enter");
  const dialog = page.getByRole("dialog", { name: /^Deploy v1/ });
  await expect(dialog.getByRole("button", { name: /^Deploy v1 to/ })).toBeDisabled();
  await expect(dialog.getByRole("list", { name: "Checks" })).toContainText(/Compiles: 2:\d+/);
});

test("whoever is signed out while typing signs in beside the text, which is then saved", async ({ page, context, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Signed out", SOURCE);
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  const editor = new CodeEditor(page);
  await editor.focus();
  const session = await context.cookies();
  await context.clearCookies();
  const changed = SOURCE.replace("first", "second");
  await editor.replace(changed);
  const bar = page.getByRole("alert").filter({ hasText: "The draft is not saved" });
  await expect(bar).toContainText("Your text stays here meanwhile");
  await expect(bar.getByRole("link", { name: "Sign in" })).toHaveAttribute("target", "_blank");
  await context.addCookies(session);
  await bar.getByRole("button", { name: "Try again" }).click();
  await expect(bar).toBeHidden();
  await expect.poll(async () => (await management.hook(project, hook.id)).draft.source).toBe(changed);
});
