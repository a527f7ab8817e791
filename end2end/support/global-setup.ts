// Once before all tests: the server they share, an API key, and the session of a signed-in administrator.
import { join } from "node:path";

import { type FullConfig, chromium } from "@playwright/test";

import { type Admin, Server, required } from "./server.ts";

/** The administrator of the shared server. */
export const ADMIN: Admin = { email: "mira@example.com", password: "a long enough password" };

export default async function setUp(config: FullConfig): Promise<() => Promise<void>> {
  const server = await Server.start("shared", ADMIN);
  try {
    process.env.E2E_URL = server.url;
    process.env.E2E_KEY = await server.command("token", "create", "--name", "Browser tests");
    process.env.E2E_SESSION = await signIn(server.url, config);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return () => server.stop();
}

/** Signs in through the console and gives the file that holds the session. */
async function signIn(url: string, config: FullConfig): Promise<string> {
  const file = join(required("E2E_DIR"), "session.json");
  const browser = await chromium.launch(config.projects[0]?.use.launchOptions);
  const page = await browser.newPage({ baseURL: url });
  await page.goto("/console/sign-in");
  await page.locator("html[data-hydrated=true]").waitFor();
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Projects" }).waitFor();
  await page.context().storageState({ path: file });
  await browser.close();
  return file;
}
