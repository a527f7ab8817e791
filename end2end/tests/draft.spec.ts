// Drafts: two people on one, and leaving while something is unsaved.
import { CodeEditor } from "../support/editor.ts";
import { expect, open, test } from "../support/fixtures.ts";

const SOURCE = `export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  console.log("first");
}
`;

test.use({ expectedErrors: /status of 409/ });

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
