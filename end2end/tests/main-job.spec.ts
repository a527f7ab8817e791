// The main job: change what an auth endpoint does, in the browser, without breaking anything on the way.
import { CodeEditor } from "../support/editor.ts";
import { expect, hydrated, open, register, test } from "../support/fixtures.ts";
import { ADMIN } from "../support/global-setup.ts";

// Signing in is part of the job.
test.use({ storageState: { cookies: [], origins: [] } });

const FIRST = `export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  const domain = event.user.email?.split("@")[1] ?? "";
  console.log("sign-up from", domain);
  if (domain === "example.com") {
    api.access.deny("disposable_email", "Please use a work email");
  }
}
`;
// The other signature: one object.
const SECOND = `export async function beforeSignup({ event, api }: HookArguments) {
  if (event.user.email?.endsWith("@example.com")) {
    api.access.deny("disposable_email", "Please use the address of your company");
  }
}
`;

test("a16 the main job: edit, test, deploy, see live traffic change, roll back", async ({
  page,
  project,
  management,
  request,
}) => {
  test.setTimeout(240_000);
  const editor = new CodeEditor(page);
  const attempt = (email: string) => register(request, project, email);

  await test.step("sign in and find the endpoint", async () => {
    await open(page, `/console/p/${project}/auth/hooks`);
    await expect(page).toHaveURL(/\/console\/sign-in/);
    await page.getByLabel("E-mail").fill(ADMIN.email);
    await page.getByLabel("Password").fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { name: "API & Hooks" })).toBeVisible();
    await hydrated(page);
    await page.getByRole("link", { name: "/auth/register", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Register" })).toBeVisible();
  });

  await test.step("a fresh project registers anybody", async () => {
    expect((await attempt("ada@example.com")).status).toBe(201);
  });

  await test.step("add a hook before the registration and open it in the editor", async () => {
    await page.getByRole("button", { name: "Add hook to Before sign-up" }).click();
    const dialog = page.getByRole("dialog", { name: "Add hook" });
    await expect(dialog.getByLabel("Trigger")).toHaveValue("pre-user-registration");
    await dialog.getByLabel("Name").fill("Company addresses only");
    await dialog.getByRole("button", { name: "Create hook" }).click();
    await expect(page).toHaveURL(/\/p\/[^/]+\/hooks\/[^/]+$/);
    // The way an admin comes back to it.
    await page.goBack();
    await page.getByRole("link", { name: "Edit hook Company addresses only" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Company addresses only" })).toBeAttached();
  });

  const problems = page.getByRole("status", { name: "Problems" });
  const draft = page.getByRole("status", { name: "State of the draft" });

  await test.step("a9 a wrong property is underlined while it is typed, and blocks the deployment", async () => {
    await editor.replace(FIRST);
    await expect(problems).toContainText("No problems");
    await editor.typeBelow("const domain", "event.user.emial;");
    await expect(problems).toContainText("1 type error: deploy is blocked");
    await expect(problems).toContainText("'emial' does not exist on type");
    await expect(page.locator(".squiggly-error").first()).toBeVisible();
    await page.getByRole("button", { name: /^Deploy/ }).click();
    const dialog = page.getByRole("dialog", { name: /^Deploy v1/ });
    await expect(dialog.getByRole("list", { name: "Checks" })).toContainText("'emial' does not exist");
    await expect(dialog.getByRole("button", { name: /^Deploy v1 to/ })).toBeDisabled();
    await dialog.getByRole("button", { name: "Cancel" }).click();
  });

  await test.step("a11 the repaired draft saves itself; live traffic does not see it", async () => {
    await editor.focus();
    await page.locator(".view-line", { hasText: "emial" }).click();
    await editor.deleteLine();
    await expect.poll(() => editor.text()).toBe(FIRST);
    await expect(problems).toContainText("No problems");
    await expect(draft).toContainText("Saved");
    await page.reload();
    await hydrated(page);
    await editor.focus();
    expect(await editor.text()).toBe(FIRST);
    expect((await attempt("grace@example.com")).status).toBe(201);
  });

  const result = page.getByRole("region", { name: "Result of the test" });

  await test.step("a13 the hook alone: verdict, console, API call", async () => {
    await page.keyboard.press("ControlOrMeta+Enter");
    await expect(result.getByRole("status")).toContainText("Denied: disposable_email");
    await expect(result.getByRole("status")).toContainText("Please use a work email");
    const dock = page.getByRole("region", { name: "Last test" });
    await expect(dock.getByRole("tabpanel")).toContainText("sign-up from example.com");
    await dock.getByRole("tab", { name: /API calls/ }).click();
    await expect(dock.getByRole("tabpanel")).toContainText("access.deny");
  });

  await test.step("a14 the whole endpoint as a dry run: refused, nobody created", async () => {
    await page.getByRole("radio", { name: "Whole endpoint" }).check();
    await page.getByLabel("Request body").fill('{"email": "dry@example.com", "password": "correct horse battery"}');
    await page.getByRole("button", { name: /^Run(?! again)/ }).locator("visible=true").click();
    await expect(result.locator("visible=true").getByRole("status")).toContainText("disposable_email");
    await expect(page.getByLabel("Response", { exact: true })).toContainText("HTTP 403");
    // A domain that may sign up goes all the way, and is taken back.
    await page.getByLabel("Request body").fill('{"email": "dry@acme.test", "password": "correct horse battery"}');
    await page.getByRole("button", { name: /^Run(?! again)/ }).locator("visible=true").click();
    await expect(result.locator("visible=true").getByRole("status")).toContainText("Allowed: 201");
    const users = await management.users(project);
    expect(users.sort()).toEqual(["ada@example.com", "grace@example.com"]);
  });

  const deploy = async (version: number, note: string, changed: string) => {
    await page.getByRole("button", { name: /^Deploy/ }).click();
    const dialog = page.getByRole("dialog", { name: new RegExp(`^Deploy v${version}`) });
    await expect(dialog.getByLabel("What changes")).toContainText(changed);
    await dialog.getByLabel("Note").fill(note);
    const button = dialog.getByRole("button", { name: new RegExp(`^Deploy v${version} to`) });
    await expect(button).toBeEnabled();
    await button.click();
    await expect(page.getByText(`v${version} is live`)).toBeVisible();
    await expect(page.locator(".top-bar").getByText(`Live v${version}`)).toBeVisible();
  };

  await test.step("a15 deploy with a note; the next real request is refused", async () => {
    await deploy(1, "Refuse example.com", "Please use a work email");
    const { status, body } = await attempt("alan@example.com");
    expect(status).toBe(403);
    expect(body).toMatchObject({
      error: "access_denied",
      reason: "disposable_email",
      message: "Please use a work email",
    });
    expect((await attempt("alan@acme.test")).status).toBe(201);
  });

  await test.step("a second version with another message", async () => {
    await editor.replace(SECOND);
    await expect(draft).toContainText("Saved");
    await deploy(2, "A kinder message", "the address of your company");
    expect((await attempt("alan@example.com")).body.message).toBe("Please use the address of your company");
  });

  await test.step("a16 roll back from the version history; the next request shows the old behaviour", async () => {
    await page.getByRole("link", { name: "History" }).click();
    const versions = page.getByRole("table", { name: "Versions" });
    await expect(versions.getByRole("row", { name: /v2/ })).toContainText("A kinder message");
    await expect(versions.getByRole("row", { name: /v2/ })).toContainText("Live");
    await versions.getByRole("button", { name: "Roll back to v1" }).click();
    const dialog = page.getByRole("dialog", { name: "Roll back “Company addresses only” to v1?" });
    await expect(dialog).toContainText("goes live now as v3. Your draft is kept.");
    await dialog.getByRole("button", { name: /^Roll back/ }).click();
    await expect(versions.getByRole("row", { name: /v3/ })).toContainText("Live");
    const { status, body } = await attempt("alan@example.com");
    expect(status).toBe(403);
    expect(body.message).toBe("Please use a work email");
    // The draft is still the second text.
    const [hook] = await management.hooks(project);
    expect(hook?.draft.source).toBe(SECOND);
  });

  await test.step("the run list shows the live runs", async () => {
    await page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "Runs" }).click();
    const runs = page.getByRole("table", { name: "Runs" });
    const latest = runs.getByRole("row").nth(1);
    await expect(latest).toContainText("Company addresses only");
    await expect(latest).toContainText("v3");
    await expect(latest).toContainText("Denied");
    await latest.getByRole("link").click();
    await expect(page.getByRole("main")).toContainText("POST /auth/register · live");
    await expect(page.getByRole("main")).toContainText("sign-up from example.com");
  });
});
