// What stands between a draft and live traffic: the checks, what is live at that moment, the way back.
import { CodeEditor } from "../support/editor.ts";
import { expect, open, test } from "../support/fixtures.ts";
import { hold } from "../support/gate.ts";

const SOURCE = `export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  console.log("first");
}
`;

test("an editor that is still loading does not let type errors through", async ({ page, project, management }) => {
  const wrong = SOURCE.replace('"first"', "event.user.emial");
  const hook = await management.createHook(project, "beforeSignup", "Impatient", wrong);
  const gate = await hold(page, /\/monaco\/host\.js$/);
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  await page.keyboard.press("ControlOrMeta+Shift+Enter");
  const dialog = page.getByRole("dialog", { name: /^Deploy v1/ });
  const checks = dialog.getByRole("list", { name: "Checks" });
  const button = dialog.getByRole("button", { name: /^Deploy v1 to/ });
  await expect(checks).toContainText("Secrets: all present");
  await expect(checks).toContainText("Types: checking");
  await expect(button).toBeDisabled();
  gate.open();
  await expect(checks).toContainText("'emial' does not exist");
  await expect(button).toBeDisabled();
});

test.describe("declarations that did not load", () => {
  test.use({ expectedErrors: /status of 500/ });

  test("are said to be missing, and are asked for again", async ({ page, project, management }) => {
    const hook = await management.createHook(project, "beforeSignup", "Untyped", SOURCE);
    await page.route(/\/console\/api\/hooks\/types$/, (route) => route.fulfill({ status: 500, body: "" }), { times: 1 });
    await open(page, `/console/p/${project}/hooks/${hook.id}`);
    await new CodeEditor(page).focus();
    await page.keyboard.press("ControlOrMeta+Shift+Enter");
    const dialog = page.getByRole("dialog", { name: /^Deploy v1/ });
    const checks = dialog.getByRole("list", { name: "Checks" });
    await expect(checks).toContainText("Types: the declarations did not load");
    await dialog.getByRole("button", { name: "Check again" }).click();
    await expect(checks).toContainText("Types: no errors");
    await expect(dialog.getByRole("button", { name: /^Deploy v1 to/ })).toBeEnabled();
  });
});

test("the dialog goes by what is live now, not by what was when the page was loaded", async ({
  page,
  project,
  management,
}) => {
  const hook = await management.liveHook(project, "beforeSignup", "Shared", SOURCE);
  await management.saveDraft(project, hook, SOURCE.replace("first", "second"));
  await management.deploy(project, hook.id, "Second version");
  await management.saveDraft(project, hook, SOURCE.replace("first", "third"));
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  await new CodeEditor(page).focus();
  await management.rollBack(project, hook.id, 1);
  await page.keyboard.press("ControlOrMeta+Shift+Enter");
  const dialog = page.getByRole("dialog", { name: /^Deploy v4/ });
  await expect(dialog.getByLabel("What changes")).toContainText('console.log("first")');
  await expect(dialog.getByLabel("What changes")).not.toContainText('console.log("second")');
  await expect(dialog).toContainText("as long as v3 exists");
});

test.describe("a draft that someone else saved", () => {
  test.use({ expectedErrors: /status of 409/ });

  test("while the dialog was open is not deployed; the reader chooses", async ({ page, project, management }) => {
    const hook = await management.createHook(project, "beforeSignup", "Overtaken", SOURCE);
    await open(page, `/console/p/${project}/hooks/${hook.id}`);
    await new CodeEditor(page).focus();
    await page.keyboard.press("ControlOrMeta+Shift+Enter");
    const dialog = page.getByRole("dialog", { name: /^Deploy v1/ });
    const button = dialog.getByRole("button", { name: /^Deploy v1 to/ });
    await expect(button).toBeEnabled();
    const theirs = SOURCE.replace("first", "theirs");
    await management.saveDraft(project, hook, theirs);
    await button.click();
    await expect(dialog).toContainText("decide which text to keep");
    await expect(button).toBeDisabled();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("alert").getByRole("button", { name: "Load theirs" }).click();
    await page.keyboard.press("ControlOrMeta+Shift+Enter");
    await button.click();
    await expect(page.getByText("v1 is live")).toBeVisible();
  });
});

test("a disabled hook stays disabled unless the reader says otherwise", async ({ page, project, management }) => {
  const hook = await management.liveHook(project, "beforeSignup", "Asleep", SOURCE);
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  const editor = new CodeEditor(page);
  await editor.focus();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await expect(page.getByText("Disabled v1")).toBeVisible();

  await editor.replace(SOURCE.replace("first", "second"));
  await page.keyboard.press("ControlOrMeta+Shift+Enter");
  const dialog = page.getByRole("dialog", { name: /^Deploy v2/ });
  await expect(dialog).toContainText("No request uses it yet: the hook is disabled.");
  await dialog.getByRole("button", { name: /^Deploy v2 to/ }).click();
  await expect(page.getByText("v2 is deployed but does not run: the hook is disabled")).toBeVisible();
  await expect(page.locator(".top-bar").getByText("Disabled v2")).toBeVisible();
  expect((await management.hook(project, hook.id)).state).toBe("disabled");

  await editor.replace(SOURCE.replace("first", "third"));
  await page.keyboard.press("ControlOrMeta+Shift+Enter");
  const again = page.getByRole("dialog", { name: /^Deploy v3/ });
  await again.getByLabel("Enable the hook").check();
  await expect(again).toContainText("Every request uses it from the next one on.");
  await again.getByRole("button", { name: /^Enable and deploy v3 to/ }).click();
  await expect(page.getByText("v3 is live")).toBeVisible();
  await expect.poll(async () => (await management.hook(project, hook.id)).state).toBe("enabled");
});

test("a first deployment can be switched off from another page", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Regretted", SOURCE);
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  await new CodeEditor(page).focus();
  await page.keyboard.press("ControlOrMeta+Shift+Enter");
  await page.getByRole("dialog").getByRole("button", { name: /^Deploy v1 to/ }).click();
  await expect(page.getByText("v1 is live")).toBeVisible();
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Version history" })).toBeVisible();
  await page.getByRole("button", { name: "Switch off" }).click();
  await expect(page.getByText("“Regretted” is disabled")).toBeVisible();
  expect((await management.hook(project, hook.id)).state).toBe("disabled");
});

test.describe("restoring a version", () => {
  test.use({ expectedErrors: /status of 409/ });

  test("asks, can be undone, and never replaces a draft that was not looked at", async ({
    page,
    project,
    management,
  }) => {
    const hook = await management.liveHook(project, "beforeSignup", "Restored", SOURCE);
    const work = SOURCE.replace("first", "two hours of work");
    await management.saveDraft(project, hook, work);
    const source = async () => (await management.hook(project, hook.id)).draft.source;
    await open(page, `/console/p/${project}/hooks/${hook.id}/history`);
    const restore = async () => {
      await page.getByRole("button", { name: "Actions of v1" }).click();
      await page.getByRole("menuitem", { name: "Restore to draft" }).click();
    };
    const dialog = page.getByRole("dialog", { name: "Replace the draft of “Restored” with v1’s code?" });
    await restore();
    await expect(dialog).toContainText("never deployed");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(dialog).toBeHidden();
    expect(await source()).toBe(work);

    await restore();
    await dialog.getByRole("button", { name: "Replace the draft" }).click();
    await expect(page.getByText("The draft has the code of v1 now")).toBeVisible();
    expect(await source()).toBe(SOURCE);
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await expect(page.getByText("The draft is as it was before")).toBeVisible();
    expect(await source()).toBe(work);

    await restore();
    const replace = dialog.getByRole("button", { name: "Replace the draft" });
    await expect(replace).toBeEnabled();
    const theirs = SOURCE.replace("first", "a colleague’s work");
    await management.saveDraft(project, hook, theirs);
    await replace.click();
    await expect(dialog.getByRole("alert")).toBeVisible();
    expect(await source()).toBe(theirs);
  });
});

test("an API key is made for what was chosen, and for as long as was typed", async ({ page, project }) => {
  await open(page, `/console/p/${project}/keys`);
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Pipeline");
  const create = dialog.getByRole("button", { name: "Create key" });
  await create.click();
  await expect(dialog.getByText("Choose at least one.")).toBeVisible();
  await dialog.getByLabel("read:hooks").check();
  await dialog.getByLabel("Expires after days").fill("30.5");
  await create.click();
  await expect(dialog.getByText("Whole days, such as 30")).toBeVisible();
  await dialog.getByLabel("Expires after days").fill("30");
  await create.click();
  await expect(page.getByRole("dialog", { name: "Copy the key now" })).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row", { name: /Pipeline/ });
  await expect(row).toContainText("read:hooks");
  await expect(row).not.toContainText("update:hooks");
});
