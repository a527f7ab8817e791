// Who gets into the console: the one-time link, signing in and out, deep links.
import { expect, hydrated, open, test } from "../support/fixtures.ts";
import { ADMIN } from "../support/global-setup.ts";
import { Server } from "../support/server.ts";

// Browsers report a refused request as an error.
test.use({ expectedErrors: /status of 40[0134]/ });

test.describe("without a session", () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  test("the printed link makes the first administrator, once", async ({ page }) => {
    const server = await Server.start("fresh");
    try {
      const link = /http\S+\/console\/setup\?token=\S+/.exec(server.output())?.[0];
      expect(link, "the link that the server prints").toBeTruthy();

      // Whoever comes without the link is told what is missing.
      await page.goto(`${server.url}/console`);
      await expect(page).toHaveURL(/\/console\/setup$/);
      await expect(page.getByText("Open the link that the server printed")).toBeVisible();

      await open(page, link ?? "");
      await page.getByLabel("E-mail").fill("first@example.com");
      await page.getByLabel("Name").fill("First");
      await page.getByLabel("Password").fill("short");
      await page.getByRole("button", { name: "Create administrator" }).click();
      await expect(page.getByText("at least 10 characters").last()).toBeVisible();
      await page.getByLabel("Password").fill("a long enough password");
      await page.getByRole("button", { name: "Create administrator" }).click();
      await expect(page.getByRole("heading", { name: "Projects" })).toBeVisible();
      await expect(page.getByRole("link", { name: /Demo/ })).toBeVisible();

      // The link is used up.
      await page.context().clearCookies();
      await page.goto(link ?? "");
      await expect(page).toHaveURL(/\/console\/sign-in/);
    } finally {
      await server.stop();
    }
  });

  test("a wrong password is refused in words; the right one signs in", async ({ page }) => {
    await open(page, "/console/sign-in");
    await page.getByLabel("E-mail").fill(ADMIN.email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText(/wrong|do not match|incorrect/i);
    await page.getByLabel("Password").fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { name: "Projects" })).toBeVisible();
  });

  test("a deep link leads to the sign-in and back", async ({ page, project }) => {
    const deep = `/console/p/${project}/runs?outcome=denied`;
    await open(page, deep);
    await expect(page).toHaveURL(/\/console\/sign-in\?next=/);
    await page.getByLabel("E-mail").fill(ADMIN.email);
    await page.getByLabel("Password").fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(new RegExp(`/console/p/${project}/runs\\?outcome=denied$`));
    await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  });

  test("signing out ends the session on the server too", async ({ page, context }) => {
    await open(page, "/console/sign-in");
    await page.getByLabel("E-mail").fill(ADMIN.email);
    await page.getByLabel("Password").fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { name: "Projects" })).toBeVisible();
    const session = await context.cookies();
    expect(session.find((cookie) => cookie.name === "hw_session")).toMatchObject({ httpOnly: true, sameSite: "Lax" });
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/console\/sign-in/);
    expect((await context.cookies()).some((cookie) => cookie.name === "hw_session" && cookie.value)).toBe(false);
    // A copy of the cookie does not help either.
    await context.addCookies(session);
    await page.goto("/console");
    await expect(page).toHaveURL(/\/console\/sign-in/);
  });

  test("signing in works before the page is hydrated", async ({ browser, baseURL }) => {
    const context = await browser.newContext({ javaScriptEnabled: false, baseURL });
    const page = await context.newPage();
    await page.goto("/console/sign-in");
    await page.getByLabel("E-mail").fill(ADMIN.email);
    await page.getByLabel("Password").fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { name: "Projects" })).toBeVisible();
    await context.close();
  });
});

test("an unknown project, hook and page say so", async ({ page, project }) => {
  for (const address of ["/console/p/nowhere/auth/hooks", `/console/p/${project}/hooks/nothing`, `/console/p/${project}/nothing`]) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(404);
    await hydrated(page);
    await expect(page.getByRole("main").or(page.locator("body")).first()).toContainText(/There is no|does not exist/);
  }
});
