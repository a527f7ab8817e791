// The pictures of the README, from a project with something to see. `make screenshots`.
import { type Page } from "@playwright/test";

import { CodeEditor } from "../support/editor.ts";
import { expect, open, register, test } from "../support/fixtures.ts";

const LIVE = `// Companies sign up with a work address; everyone else is told why not.
const free = new Set(["gmail.com", "outlook.com"]);

export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  const domain = event.user.email?.split("@")[1]?.toLowerCase() ?? "";
  console.log("sign-up from", domain);

  if (free.has(domain)) {
    api.access.deny("free_email", "Please use a work email");
    return;
  }
  await api.user.setAppMetadata("company", domain);
}
`;
const DRAFT = LIVE.replace('"outlook.com"', '"outlook.com", "example.com"');

test("pictures", async ({ page, management }) => {
  test.setTimeout(180_000);
  const project = "acme";
  await management.createProject("Acme", project);
  const hook = await management.liveHook(project, "beforeSignup", "Company addresses only", LIVE);
  await management.createHook(project, "post-user-login", "Put the plan into the token");
  for (const email of ["ada@acme.test", "eve@gmail.com", "grace@acme.test"]) await register(page.request, project, email);
  await management.saveDraft(project, hook, DRAFT);

  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    const suffix = theme === "dark" ? "-dark" : "";
    await open(page, `/console/p/${project}/auth/hooks`);
    await picture(page, `api-and-hooks${suffix}`);
    await open(page, `/console/p/${project}/auth/hooks/register`);
    await expect(page.getByRole("heading", { level: 1, name: "Register" })).toBeVisible();
    await picture(page, `endpoint${suffix}`);
    await open(page, `/console/p/${project}/hooks/${hook.id}`);
    await new CodeEditor(page).focus();
    await expect(page.getByRole("status", { name: "Problems" })).toContainText("No problems");
    await page.keyboard.press("ControlOrMeta+Enter");
    await expect(page.getByRole("region", { name: "Result of the test" }).getByRole("status")).toContainText("Denied");
    await picture(page, `editor${suffix}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.keyboard.press("ControlOrMeta+Shift+Enter");
  await expect(page.getByRole("button", { name: /^Deploy v2 to/ })).toBeEnabled();
  await picture(page, "deploy");
});

async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path: `screenshots/${name}.png`, animations: "disabled", caret: "hide" });
}
