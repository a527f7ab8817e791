// Without a mouse: the palette, and the way from API & Hooks into the editor.
import { type Page } from "@playwright/test";

import { expect, hydrated, open, test } from "../support/fixtures.ts";

/** Presses Tab until what has the focus is called `name`. */
async function tabTo(page: Page, name: string): Promise<void> {
  const focused = page.locator(":focus");
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    if ((await focused.count()) === 0) continue;
    const label = (await focused.getAttribute("aria-label")) ?? (await focused.innerText());
    if (label.replace(/\s+/g, " ").trim().startsWith(name)) return;
  }
  throw new Error(`Tab does not reach “${name}”`);
}

test("the palette finds screens, hooks and endpoints by name", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Zebra crossing");
  await open(page, `/console/p/${project}/auth/hooks`);
  const palette = page.getByRole("dialog", { name: "Find a screen, hook or endpoint" });
  const box = palette.getByRole("combobox");

  await page.keyboard.press("ControlOrMeta+k");
  await expect(box).toBeFocused();
  await page.keyboard.type("secr");
  await expect(palette.getByRole("option").first()).toContainText("Secrets");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Secrets" })).toBeVisible();
  await expect(palette).toBeHidden();

  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("forgot");
  await expect(palette.getByRole("option").first()).toContainText("POST /auth/password/forgot");
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();

  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("zebra");
  await expect(palette.getByRole("option").first()).toContainText("Zebra crossing");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/hooks/${hook.id}$`));
});

test("from API & Hooks to the editor and back out of it by keys alone", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "By keys");
  await open(page, `/console/p/${project}/auth/hooks`);
  await tabTo(page, "Skip to the content");
  await page.keyboard.press("Enter");
  await tabTo(page, "/auth/register");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Register" })).toBeVisible();
  await tabTo(page, "Edit hook By keys");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/hooks/${hook.id}$`));
  await hydrated(page);
  await page.waitForFunction(() => "__hookwright_editor" in window, undefined, { timeout: 45_000 });
  // The shortcuts work wherever the focus is.
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByRole("region", { name: "Result of the test" }).getByRole("status")).toContainText("Passed");
  await page.keyboard.press("ControlOrMeta+Shift+Enter");
  const dialog = page.getByRole("dialog", { name: /^Deploy v1/ });
  await expect(dialog.getByLabel("Note")).toBeFocused();
  await expect(dialog.getByRole("button", { name: /^Deploy v1 to/ })).toBeEnabled();
  await page.keyboard.type("By keys alone");
  await page.keyboard.press("Enter");
  await expect(page.getByText("v1 is live")).toBeVisible();
});
