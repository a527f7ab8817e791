// Around the pages: filters in the address, where the focus goes, what is typed early, the instance.
import { type Page } from "@playwright/test";

import { expectAccessible } from "../support/axe.ts";
import { expect, hydrated, open, test } from "../support/fixtures.ts";
import { hold } from "../support/gate.ts";

const REFUSE = `export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  api.access.deny("closed", "Sign-up is closed");
}
`;

const paths = (page: Page) => page.locator(".endpoint-row__name").allInnerTexts();

test("the filter of API & Hooks stands in the address, and Back brings it back", async ({ page, project, management }) => {
  await management.createHook(project, "beforeSignup", "Closed", REFUSE);
  await open(page, `/console/p/${project}/auth/hooks`);
  await page.getByRole("searchbox").fill("forgot");
  await expect(page).toHaveURL(/\?find=forgot$/);
  await expect.poll(() => paths(page)).toHaveLength(1);
  await page.getByRole("link", { name: "/auth/password/forgot" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Forgot password" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("searchbox")).toHaveValue("forgot");
  await expect.poll(() => paths(page)).toHaveLength(1);

  // A link from elsewhere shows everything again.
  await page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "API & Hooks" }).click();
  await expect(page.getByRole("searchbox")).toHaveValue("");
  await expect.poll(async () => (await paths(page)).length).toBeGreaterThan(5);

  // Whoever is sent the address sees the same, and the server has it ready.
  const answer = await page.request.get(`/console/p/${project}/auth/hooks?find=register&state=draft-pending`);
  const text = await answer.text();
  expect(text).toContain("/auth/register");
  expect(text).not.toContain('class="endpoint-row__name">/auth/logout');
  await open(page, `/console/p/${project}/auth/hooks?state=draft-pending`);
  await expect(page.getByRole("radio", { name: /^Draft pending/ })).toBeChecked();
  await expect.poll(() => paths(page)).toEqual([expect.stringContaining("/auth/register")]);
});

test("a row leads to the test, the history, the logs and the reference", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Closed", REFUSE);
  await open(page, `/console/p/${project}/auth/hooks`);
  await page.getByRole("button", { name: "Actions of POST /auth/register" }).click();
  const menu = page.getByRole("menu", { name: "Actions of POST /auth/register" });
  await expect(menu.getByRole("menuitem")).toHaveText(["Test endpoint", "Version history", "Runs", "Logs", "Reference"]);
  await expect(menu.getByRole("menuitem", { name: "Version history" })).toHaveAttribute(
    "href",
    `/console/p/${project}/hooks/${hook.id}/history`,
  );
  await menu.getByRole("menuitem", { name: "Logs" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Logs" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Endpoint" })).toHaveValue("POST /auth/register");
});

test("hooks are put in order with the pointer and by keys", async ({ page, project, management }) => {
  for (const name of ["One", "Two", "Three"]) await management.createHook(project, "beforeSignup", name, REFUSE);
  await open(page, `/console/p/${project}/auth/hooks/register`);
  const steps = page.locator("li[data-group=pre-user-registration]");
  const order = async () => (await steps.locator("h2").allInnerTexts()).map((title) => /· (\w+)/.exec(title)?.[1]);
  expect(await order()).toEqual(["One", "Two", "Three"]);

  const handle = await steps.nth(0).locator(".drag").boundingBox();
  const last = await steps.nth(2).boundingBox();
  if (!handle || !last) throw new Error("the steps are not in sight");
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.mouse.move(handle.x, last.y + last.height - 4, { steps: 5 });
  await expect(steps.nth(2)).toHaveClass(/step--drop-behind/);
  await page.mouse.up();
  await expect.poll(order).toEqual(["Two", "Three", "One"]);
  await expect(page.locator(".step--drop-behind, .step--moving")).toHaveCount(0);

  await page.getByRole("button", { name: "Run One earlier" }).press("Enter");
  await expect.poll(order).toEqual(["Two", "One", "Three"]);
  // A second press goes on with the same hook.
  await expect(page.getByRole("button", { name: "Run One earlier" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect.poll(order).toEqual(["One", "Two", "Three"]);
});

test.describe("with a refusal", () => {
  test.use({ expectedErrors: /status of 403/ });

  test("a switch shows what is, not what was refused; limits and figures are told", async ({ page, project, management }) => {
    await management.liveHook(project, "beforeSignup", "Closed", REFUSE);
    await open(page, `/console/p/${project}/auth/hooks/register`);
    await expect(page.getByText("timeout 5.0 s")).toBeVisible();
    await page.route("**/console/api/hooks/update", (route) =>
      route.fulfill({ status: 403, json: { error: "forbidden", message: "Not today." } }),
    );
    const enabled = page.getByRole("switch", { name: "Enabled" });
    await enabled.click();
    await expect(page.getByText("Not today.")).toBeVisible();
    await expect(enabled).toBeChecked();
  });
});

test("a link moves the focus to the page and has its title announced", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Zebra", REFUSE);
  await open(page, `/console/p/${project}/auth/hooks`);
  const announced = page.locator("p[role=status].visually-hidden");
  await expect(announced).toHaveText("");
  await page.getByRole("link", { name: "/auth/register", exact: true }).press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Register" })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
  await expect(announced).toContainText("POST /auth/register");

  // The next page of the same kind.
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("forgot");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Forgot password" })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
  await expect(announced).toContainText("POST /auth/password/forgot");

  // Who goes through the rail stays there.
  const link = page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "Secrets" });
  await link.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Secrets" })).toBeVisible();
  await expect(link).toBeFocused();
  await expect(announced).toContainText("Secrets");

  await page.getByRole("link", { name: "Skip to the content" }).press("Enter");
  await expect(page.getByRole("main")).toBeFocused();

  // The editor shows where it is before the hook has come.
  await page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "API & Hooks" }).click();
  const gate = await hold(page, /console\/api\/hooks\/get/);
  await page.getByRole("link", { name: /^before/ }).first().click();
  await gate.reached;
  await expect(page.getByRole("navigation", { name: "Breadcrumb" })).toContainText("API & Hooks");
  await expect(page.locator("main .skeleton").first()).toBeVisible();
  gate.open();
  await expect(page).toHaveURL(new RegExp(`/hooks/${hook.id}$`));
  await expect(page.getByRole("navigation", { name: "Breadcrumb" })).toContainText("Zebra");
});

test("what is typed before the page is hydrated is kept, and nothing is sent to nobody", async ({ page, project, management }) => {
  await management.createHook(project, "beforeSignup", "Closed", REFUSE);
  let gate = await hold(page, /hookwright_bg\.wasm$/);
  await page.goto(`/console/p/${project}/settings`, { waitUntil: "commit" });
  await page.getByLabel("Name").fill("Early bird");
  await page.getByRole("switch", { name: "Anybody may sign up" }).uncheck();
  const save = page.getByRole("button", { name: "Save settings" });
  await expect(save).toBeDisabled();
  await page.getByLabel("Name").press("Enter");
  await expect(page).toHaveURL(/\/settings$/);
  gate.open();
  await hydrated(page);
  await expect(page.getByLabel("Name")).toHaveValue("Early bird");
  await expect(page.getByRole("switch", { name: "Anybody may sign up" })).not.toBeChecked();
  await save.click();
  await expect(page.getByText("Settings saved")).toBeVisible();

  await page.unrouteAll();
  gate = await hold(page, /hookwright_bg\.wasm$/);
  await page.goto(`/console/p/${project}/auth/hooks`, { waitUntil: "commit" });
  await page.getByRole("searchbox").fill("forgot");
  gate.open();
  await hydrated(page);
  await expect(page.getByRole("searchbox")).toHaveValue("forgot");
  await expect.poll(() => paths(page)).toHaveLength(1);

  // Sent by the browser itself, it asks for the same.
  await page.unrouteAll();
  gate = await hold(page, /hookwright_bg\.wasm$/);
  await page.goto(`/console/p/${project}/auth/hooks`, { waitUntil: "commit" });
  await page.getByRole("searchbox").fill("logout");
  await page.getByRole("searchbox").press("Enter");
  await expect(page).toHaveURL(/find=logout/);
  await expect.poll(() => paths(page)).toHaveLength(1);
  gate.open();
});

test("project settings that are not saved are kept in the window", async ({ page, project }) => {
  await open(page, `/console/p/${project}/settings`);
  await page.getByLabel("Shortest password").fill("13");
  await expect(page.getByText("Changed, not saved yet.")).toBeVisible();
  await page.getByRole("link", { name: "Users" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Users" })).toBeVisible();
  await page.getByRole("button", { name: "Open the settings" }).click();
  await expect(page.getByLabel("Shortest password")).toHaveValue("13");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByText("Settings saved")).toBeVisible();
  await expect(page.getByText("Changed, not saved yet.")).toBeHidden();
});

test("the keys that scroll a page scroll its content, and nothing else scrolls", async ({ page, project }) => {
  await page.setViewportSize({ width: 1000, height: 500 });
  await open(page, `/console/p/${project}/auth/hooks/register/reference`);
  await page.keyboard.press("End");
  await expect.poll(() => page.evaluate(() => document.querySelector("main")?.scrollTop ?? 0)).toBeGreaterThan(0);
  const room = await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
  expect(room).toBe(0);
});

test("the instance has keys and a trail of its own", async ({ page, project, request }) => {
  await open(page, `/console/p/${project}/auth/hooks`);
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("instance");
  await expect(page.getByRole("option").first()).toContainText("Instance");
  await page.keyboard.press("Escape");
  await page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "Instance" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Instance" })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
  await expect(page.locator("p[role=status].visually-hidden")).toHaveText("Instance");
  await expect(page.getByRole("table", { name: "API keys" })).toContainText("Browser tests");

  await page.getByRole("button", { name: "Create API key" }).click();
  const dialog = page.locator("#new-key");
  await expect(dialog.getByRole("heading")).toContainText("every project");
  await dialog.getByLabel("Name").fill("Everywhere");
  await dialog.getByLabel("read:hooks").check();
  await dialog.getByRole("button", { name: "Create key" }).click();
  const token = (await dialog.getByLabel("The new API key", { exact: true }).innerText()).trim();
  await dialog.getByRole("button", { name: "Done" }).click();
  const hooks = () =>
    request.get(`/p/${project}/api/v2/hooks`, { headers: { authorization: `Bearer ${token}` } });
  expect((await hooks()).status()).toBe(200);
  await expectAccessible(page, "Instance");

  await page.getByRole("button", { name: "Revoke Everywhere" }).first().click();
  await page.getByRole("dialog", { name: /^Revoke/ }).getByRole("button", { name: "Revoke key" }).click();
  await expect(page.getByRole("button", { name: "Revoke Everywhere" })).toHaveCount(0);
  expect((await hooks()).status()).toBe(401);

  await page.reload();
  await hydrated(page);
  const trail = page.getByRole("table", { name: "Audit log" });
  await expect(trail).toContainText("api_key.revoke");
  await expect(trail).toContainText("admin.sign_in");
});

test("an audit log of many entries is read page by page", async ({ page, project, management }) => {
  for (let number = 0; number < 55; number++) await management.putSecret(project, "CODE", `value ${number}`);
  await open(page, `/console/p/${project}/audit`);
  const rows = page.getByRole("table", { name: "Audit log" }).locator("tbody tr");
  await expect(rows).toHaveCount(50);
  await page.getByRole("button", { name: "Show older" }).click();
  await expect(rows).toHaveCount(56);
  await expect(rows.last()).toContainText("project.create");
  await expect(page.getByRole("button", { name: "Show older" })).toBeHidden();
});

test.describe("two at once", () => {
  test.use({ expectedErrors: /status of 409/ });

  test("settings keep what others changed, and what both changed is not overwritten unseen", async ({ page, project }) => {
    await open(page, `/console/p/${project}/settings`);
    const other = await page.context().newPage();
    await open(other, `/console/p/${project}/settings`);
    const save = async (on: Page, label: string, value: string) => {
      await on.getByLabel(label).fill(value);
      await on.getByRole("button", { name: "Save settings" }).click();
    };
    await save(other, "Shortest password", "12");
    await expect(other.getByText("Settings saved")).toBeVisible();
    await save(page, "Days for which runs and logs are kept", "7");
    await expect(page.getByText("Settings saved")).toBeVisible();

    await save(other, "Days for which runs and logs are kept", "9");
    await expect(other.getByText("was changed after you had read it")).toBeVisible();
    await other.getByRole("button", { name: "Reload" }).click();
    await expect(other.getByLabel("Days for which runs and logs are kept")).toHaveValue("7");
    await expect(other.getByLabel("Shortest password")).toHaveValue("12");
    await save(other, "Days for which runs and logs are kept", "9");
    await expect(other.getByText("Settings saved").last()).toBeVisible();
    await other.close();
  });

  test("a hook's settings that were changed elsewhere are not overwritten unseen", async ({ page, project, management }) => {
    const hook = await management.createHook(project, "beforeSignup", "Closed", REFUSE);
    await open(page, `/console/p/${project}/hooks/${hook.id}`);
    await page.getByRole("tab", { name: "Settings" }).click();
    await expect(page.getByLabel("CPU, ms")).toHaveValue("100");
    await management.updateHook(project, hook.id, { name: "Shut" });
    await page.getByLabel("CPU, ms").fill("150");
    await page.getByRole("button", { name: "Save settings" }).click();
    await expect(page.getByText("was changed after you had read it")).toBeVisible();
    await page.getByRole("button", { name: "Reload" }).click();
    await expect(page.getByLabel("Name")).toHaveValue("Shut");
    await page.getByLabel("CPU, ms").fill("150");
    await page.getByRole("button", { name: "Save settings" }).click();
    await expect(page.getByText("Settings saved: they are live")).toBeVisible();
  });
});
