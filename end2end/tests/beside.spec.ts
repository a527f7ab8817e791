// What stands around the code: secrets, templates and the reference at the left, the menu, the settings.
import { readFile } from "node:fs/promises";

import { CodeEditor } from "../support/editor.ts";
import { expect, hydrated, open, test } from "../support/fixtures.ts";

const SOURCE = `export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  console.log("first");
}
`;

// Wide enough for the column to be there unasked.
test.use({ viewport: { width: 1680, height: 900 } });

test("a10 a secret is added beside the code, and the types know it at once", async ({ page, project, management }) => {
  const reading = SOURCE.replace('"first"', "event.secrets.CRM_KEY");
  const hook = await management.createHook(project, "beforeSignup", "Reader", reading);
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  const editor = new CodeEditor(page);
  await editor.focus();
  const problems = page.getByRole("status", { name: "Problems" });
  await expect(problems).toContainText("CRM_KEY");
  const column = page.getByRole("complementary", { name: "Secrets, templates and reference" });
  await expect(column).toContainText("Missing, but read by the code: CRM_KEY");
  await column.getByRole("button", { name: "Add secret" }).click();
  const dialog = page.getByRole("dialog", { name: /^Add a secret/ });
  await dialog.getByLabel("Name").fill("CRM_KEY");
  await dialog.getByLabel("Value").fill("sk_live_0123456789");
  await dialog.getByRole("button", { name: "Save secret" }).click();
  await expect(problems).toContainText("No problems");
  await expect(column).not.toContainText("read by the code");
  await editor.typeBelow("event.secrets", "");
  await column.getByRole("button", { name: "Insert event.secrets.CRM_KEY" }).click();
  await expect.poll(() => editor.text()).toMatch(/event\.secrets\.CRM_KEY[\s\S]*event\.secrets\.CRM_KEY/);
});

test("where the code needs the room the column waits to be asked for", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Roomy", SOURCE);
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  const column = page.getByRole("complementary", { name: "Secrets, templates and reference" });
  const button = page.getByRole("button", { name: "Secrets, templates and reference" });
  await expect(button).toHaveAttribute("aria-expanded", "false");
  await expect(column).toBeHidden();
  await button.click();
  await expect(column).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(column).toBeVisible();
});

test("a template is previewed, put into the editor, and taken back", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Templated", SOURCE);
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  const editor = new CodeEditor(page);
  await editor.focus();
  const column = page.getByRole("complementary", { name: "Secrets, templates and reference" });
  await column.getByText("Refuse free e-mail providers").click();
  await expect(column).toContainText("everyone else is told why not");
  await expect(column.getByLabel("Code of “Refuse free e-mail providers”")).toContainText("gmail.com");
  await column.getByRole("button", { name: "Put into the editor" }).locator("visible=true").click();
  await expect.poll(() => editor.text()).toContain("gmail.com");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect.poll(() => editor.text()).toBe(SOURCE);
  await expect.poll(async () => (await management.hook(project, hook.id)).draft.source).toBe(SOURCE);
});

test("the column tells what the trigger is, and stays closed once it was closed", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Told", SOURCE);
  const address = `/console/p/${project}/hooks/${hook.id}`;
  await open(page, address);
  const column = page.getByRole("complementary", { name: "Secrets, templates and reference" });
  await expect(column).toContainText("Runs right before a user is created");
  await expect(column.getByRole("link", { name: "POST /auth/register" })).toBeVisible();
  await expect(column).toContainText("A throw refuses the request.");
  await column.getByText("Reference", { exact: true }).click();
  const button = page.getByRole("button", { name: "Secrets, templates and reference" });
  await button.click();
  await expect(column).toBeHidden();
  await page.reload();
  await hydrated(page);
  await expect(button).toHaveAttribute("aria-expanded", "false");
  await expect(column).toBeHidden();
  await button.click();
  await expect(column.getByText("Add secret")).toBeVisible();
  await expect(column.getByText("Runs right before a user is created")).toBeHidden();
  // Without room beside the code it stands at the end, and cannot be closed there.
  await button.click();
  await expect(column).toBeHidden();
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(button).toBeHidden();
  await expect(column.getByText("Add secret")).toBeVisible();
});

test("a hook is exported as its code and as a whole, and duplicated", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Company addresses", SOURCE);
  await management.updateHook(project, hook.id, { settings: { ...hook.settings, cpu_ms: 55 } });
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  const choose = async (name: string) => {
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  const saved = async (name: string) => {
    const coming = page.waitForEvent("download");
    await choose(name);
    const download = await coming;
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
  };
  expect(await saved("Export the code")).toEqual({ name: "company-addresses.ts", text: SOURCE });
  const whole = await saved("Export as JSON");
  expect(whole.name).toBe("company-addresses.json");
  expect(JSON.parse(whole.text)).toMatchObject({
    name: "Company addresses",
    trigger: "pre-user-registration",
    language: "typescript",
    settings: { cpu_ms: 55 },
    source: SOURCE,
  });
  await choose("Duplicate");
  await expect(page.getByRole("heading", { level: 1, name: "Copy of Company addresses" })).toBeAttached();
  const copy = (await management.hooks(project)).find((one) => one.id !== hook.id);
  expect(copy?.draft.source).toBe(SOURCE);
  expect(copy?.state).toBe("not_deployed");
  expect(copy?.settings).toEqual({ ...hook.settings, cpu_ms: 55 });
});

test("settings that are not saved are marked, and kept wherever the reader goes", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Unsettled", SOURCE);
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  await page.getByRole("tab", { name: "Settings" }).click();
  const cpu = page.getByLabel("CPU, ms");
  const before = await cpu.inputValue();
  await cpu.fill("77");
  const marked = page.getByRole("tab", { name: "Settings · unsaved" });
  await expect(marked).toBeVisible();
  await cpu.fill(before);
  await expect(marked).toBeHidden();
  await cpu.fill("77");

  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Find a screen, hook or endpoint" }).fill("mails");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Mails" })).toBeVisible();
  await page.getByRole("button", { name: "Open the hook" }).click();
  await expect(marked).toBeVisible();
  await marked.click();
  await expect(cpu).toHaveValue("77");
  expect((await management.hook(project, hook.id)).settings.cpu_ms).toBe(Number(before));

  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByText("Settings saved: they are live")).toBeVisible();
  await expect(marked).toBeHidden();
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  expect((await management.hook(project, hook.id)).settings.cpu_ms).toBe(77);
});

test.describe("when a part of the console does not load", () => {
  test.use({ expectedErrors: /ERR_FAILED|Failed to fetch/ });

  test("the editor says so and tries again, and a page offers to reload", async ({ page, project, management }) => {
    const hook = await management.createHook(project, "beforeSignup", "Far away", SOURCE);
    const parts = /split_(extras|history)\.wasm/;
    await page.route(parts, (route) => route.abort());
    await open(page, `/console/p/${project}/hooks/${hook.id}`);
    await page.getByRole("tab", { name: "Settings" }).click();
    await expect(page.getByText("A part of the console did not load").first()).toBeVisible();
    await page.getByRole("link", { name: "History" }).click();
    await expect(page.getByRole("heading", { name: "This page did not load" })).toBeVisible();
    await page.unroute(parts);
    await page.getByRole("button", { name: "Reload" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Version history" })).toBeVisible();
    await page.getByRole("link", { name: "Open the editor" }).click();
    await page.getByRole("tab", { name: "Settings" }).click();
    await expect(page.getByLabel("CPU, ms")).toBeVisible();
  });
});
