// Around the hooks: switching them off and on, live tests, secrets, API keys.
import { expect, hydrated, open, register, test } from "../support/fixtures.ts";

const REFUSE = `export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  api.access.deny("closed", "Sign-up is closed");
}
`;

test("switching a hook off and on is honoured by the next request", async ({ page, project, management, request }) => {
  await management.liveHook(project, "beforeSignup", "Closed", REFUSE);
  expect((await register(request, project, "a@example.com")).status).toBe(403);

  await open(page, `/console/p/${project}/auth/hooks/register`);
  await page.getByRole("switch", { name: "Enabled" }).click();
  await expect(page.getByText("Disabled v1")).toBeVisible();
  expect((await register(request, project, "a@example.com")).status).toBe(201);

  // The list says so too.
  await page.getByRole("link", { name: "API & Hooks" }).first().click();
  const row = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: "/auth/register", exact: true }) });
  await expect(row.getByRole("link", { name: /disabled/ })).toBeVisible();
  await row.getByRole("link", { name: "/auth/register", exact: true }).click();
  await page.getByRole("switch", { name: "Enabled" }).click();
  await expect(page.getByText("Live v1")).toBeVisible();
  expect((await register(request, project, "b@example.com")).status).toBe(403);
});

test("a live test asks first, and then changes real data", async ({ page, project, management }) => {
  await open(page, `/console/p/${project}/auth/hooks/register/test`);
  await page.getByLabel("Request body").fill('{"email": "real@example.com", "password": "correct horse battery"}');
  await page.getByRole("radio", { name: "Live" }).check();
  await page.getByRole("button", { name: /^Run/ }).click();
  const dialog = page.getByRole("dialog", { name: /^Send a real request to/ });
  await expect(dialog).toContainText("It changes real data");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expect(await management.users(project)).toEqual([]);

  await page.getByRole("button", { name: /^Run/ }).click();
  await dialog.getByRole("button", { name: "Run live" }).click();
  await expect(page.getByRole("region", { name: "Result of the test" })).toContainText("Allowed: 201");
  expect(await management.users(project)).toEqual(["real@example.com"]);
  await page.getByRole("link", { name: "Users" }).click();
  await expect(page.getByRole("table")).toContainText("real@example.com");
});

test("a secret can be set and replaced, never read", async ({ page, project }) => {
  const value = "sk_live_0123456789";
  const bodies: string[] = [];
  page.on("response", async (response) => {
    if (response.url().includes("/console/")) bodies.push(await response.text().catch(() => ""));
  });
  await open(page, `/console/p/${project}/secrets`);
  await page.getByRole("button", { name: "Add secret" }).first().click();
  const dialog = page.getByRole("dialog", { name: /^Add a secret/ });
  await dialog.getByLabel("Name").fill("CRM_KEY");
  await dialog.getByLabel("Value").fill(value);
  await dialog.getByRole("button", { name: "Save secret" }).click();
  const table = page.getByRole("table", { name: "Secrets" });
  await expect(table).toContainText("CRM_KEY");

  await table.getByRole("button", { name: "Replace CRM_KEY" }).click();
  const replace = page.getByRole("dialog", { name: /^Replace CRM_KEY/ });
  await expect(replace.getByLabel("Value")).toHaveValue("");
  await replace.getByRole("button", { name: "Cancel" }).click();

  await page.reload();
  await hydrated(page);
  await expect(table).toContainText("CRM_KEY");
  expect(await page.content()).not.toContain(value);
  expect(bodies.filter((body) => body.includes(value))).toEqual([]);

  await table.getByRole("button", { name: "Delete CRM_KEY" }).click();
  await page.getByRole("dialog", { name: /^Delete CRM_KEY/ }).getByRole("button", { name: "Delete secret" }).click();
  await expect(page.getByText("No secrets yet")).toBeVisible();
});

test("an API key is shown once, opens /api/v2, and is refused when revoked", async ({ page, project, request }) => {
  await open(page, `/console/p/${project}/keys`);
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const dialog = page.locator("#new-key");
  await dialog.getByLabel("Name").fill("Pipeline");
  await dialog.getByLabel("read:hooks").check();
  await dialog.getByRole("button", { name: "Create key" }).click();
  const token = (await dialog.getByLabel("The new API key", { exact: true }).innerText()).trim();
  await dialog.getByRole("button", { name: "Done" }).click();

  const hooks = () =>
    request.get(`/p/${project}/api/v2/hooks`, { headers: { authorization: `Bearer ${token}` } });
  expect((await hooks()).status()).toBe(200);
  expect((await request.get(`/p/${project}/api/v2/hooks`)).status()).toBe(401);

  await page.reload();
  await hydrated(page);
  const table = page.getByRole("table", { name: "API keys" });
  await expect(table).toContainText("Pipeline");
  expect(await page.content()).not.toContain(token);

  await table.getByRole("button", { name: "Revoke Pipeline" }).click();
  await page.getByRole("dialog", { name: /^Revoke/ }).getByRole("button", { name: "Revoke key" }).click();
  await expect(table).toBeHidden();
  expect((await hooks()).status()).toBe(401);
});
