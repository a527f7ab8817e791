// Every main page: complete, quiet, accessible in both themes, and usable on a phone.
import { type Page } from "@playwright/test";

import { expectAccessible } from "../support/axe.ts";
import { CodeEditor } from "../support/editor.ts";
import { expect, open, register, test } from "../support/fixtures.ts";
import { type Management } from "../support/management.ts";

const SOURCE = `export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  console.log("sign-up of", event.user.email);
  if (event.secrets.CLOSED === "yes") {
    api.access.deny("closed", "Sign-up is closed");
  }
}
`;

/** Addresses below a project, by what they show. */
const PAGES: [string, (hook: string) => string][] = [
  ["API & Hooks", () => "auth/hooks"],
  ["an endpoint", () => "auth/hooks/register"],
  ["an endpoint's test", () => "auth/hooks/register/test"],
  ["an endpoint's reference", () => "auth/hooks/register/reference"],
  ["the hook editor", (hook) => `hooks/${hook}`],
  ["the version history", (hook) => `hooks/${hook}/history`],
  ["Runs", () => "runs"],
  ["Users", () => "users"],
  ["Mails", () => "mails"],
  ["Logs", () => "logs"],
  ["Secrets", () => "secrets"],
  ["API keys", () => "keys"],
  ["Audit log", () => "audit"],
  ["Settings", () => "settings"],
];

/** Addresses that belong to no project. */
const WITHOUT_PROJECT: [string, string][] = [
  ["Projects", "/console"],
  ["Instance", "/console/instance"],
];

/** Something to see on every page. */
async function fill(page: Page, management: Management, project: string): Promise<string> {
  await management.putSecret(project, "CLOSED", "no");
  const hook = await management.liveHook(project, "beforeSignup", "Company addresses only", SOURCE);
  await management.saveDraft(project, hook, SOURCE.replace("yes", "true"));
  await management.createHook(project, "post-user-login", "Put the plan into the token");
  await register(page.request, project, "ada@example.com");
  return hook.id;
}

/** Waits until nothing is loading any more. */
async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("main")).toBeVisible();
  await expect(page.locator(".skeleton, [aria-busy=true]").locator("visible=true")).toHaveCount(0, { timeout: 45_000 });
}

for (const theme of ["light", "dark"] as const) {
  test(`every page is accessible and quiet, ${theme}`, async ({ page, management, project }) => {
    test.setTimeout(240_000);
    const hook = await fill(page, management, project);
    await page.emulateMedia({ colorScheme: theme });
    for (const [name, address] of PAGES) {
      await test.step(name, async () => {
        await open(page, `/console/p/${project}/${address(hook)}`);
        await settled(page);
        await expectAccessible(page, `${name}, ${theme}`);
      });
    }
    for (const [name, address] of WITHOUT_PROJECT) {
      await test.step(name, async () => {
        await open(page, address);
        await settled(page);
        await expectAccessible(page, `${name}, ${theme}`);
      });
    }
  });
}

test("the sign-in and the dialogs are accessible", async ({ page, management, project }) => {
  const hook = await fill(page, management, project);
  await open(page, `/console/p/${project}/auth/hooks`);
  await page.getByRole("button", { name: "Add hook" }).first().click();
  await expect(page.getByRole("dialog", { name: "Add hook" })).toBeVisible();
  await expectAccessible(page, "Add hook");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Add hook" })).toBeHidden();

  await open(page, `/console/p/${project}/hooks/${hook}`);
  await new CodeEditor(page).focus();
  await page.keyboard.press("ControlOrMeta+Shift+Enter");
  const dialog = page.getByRole("dialog", { name: /^Deploy v2/ });
  await expect(dialog.getByRole("button", { name: /^Deploy v2 to/ })).toBeEnabled();
  await expectAccessible(page, "Deploy");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();

  await page.context().clearCookies();
  await open(page, "/console/sign-in");
  await expectAccessible(page, "Sign in");
});

test("on a phone the navigation is a drawer and nothing scrolls sideways", async ({ page, management, project }) => {
  test.setTimeout(180_000);
  const hook = await fill(page, management, project);
  await page.setViewportSize({ width: 390, height: 844 });
  const all: [string, string][] = PAGES.map(([name, address]) => [name, `/console/p/${project}/${address(hook)}`]);
  for (const [name, address] of [...WITHOUT_PROJECT, ...all]) {
    await test.step(name, async () => {
      await open(page, address);
      await settled(page);
      const { inner, outer } = await page.evaluate(() => ({
        inner: document.documentElement.scrollWidth,
        outer: document.documentElement.clientWidth,
      }));
      expect(inner, `width of ${name}`).toBeLessThanOrEqual(outer);
    });
  }
  const rail = page.getByRole("navigation", { name: "Console" });
  await expect(rail).toBeHidden();
  await page.getByRole("button", { name: "Open the navigation" }).click();
  await expect(rail).toBeVisible();
  await rail.getByRole("link", { name: "Secrets" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Secrets" })).toBeVisible();
  await expect(rail).toBeHidden();
});

test("the theme is chosen, kept, and there from the first paint", async ({ page, project }) => {
  await open(page, `/console/p/${project}/auth/hooks`);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole("group", { name: "Theme" }).getByRole("button", { name: "Dark" }).click();
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  await page.goto(`/console/p/${project}/secrets`, { waitUntil: "commit" });
  await page.waitForSelector("body");
  expect(await background()).toBe(dark);
  await open(page, `/console/p/${project}/secrets`);
  expect(await background()).toBe(dark);
});
