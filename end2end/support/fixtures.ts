// What every test gets: the shared server's address, a signed-in page, a project of its own, and a page that
// must not write errors to its console.
import { type APIRequestContext, type Page, test as base, expect } from "@playwright/test";

import { Management } from "./management.ts";
import { required } from "./server.ts";

export interface Fixtures {
  /** Errors in the page's console that the test expects, such as the answer 409 to a save. */
  expectedErrors: RegExp | undefined;
  /** The management API, to prepare and to look behind the console. */
  management: Management;
  /** Slug of a fresh project. */
  project: string;
}

export const test = base.extend<Fixtures & { quietPage: void }>({
  baseURL: async ({}, use) => use(required("E2E_URL")),
  storageState: async ({}, use) => use(required("E2E_SESSION")),
  expectedErrors: [undefined, { option: true }],
  management: async ({ playwright, baseURL }, use) => {
    const request = await playwright.request.newContext({
      baseURL,
      extraHTTPHeaders: { authorization: `Bearer ${required("E2E_KEY")}` },
    });
    await use(new Management(request));
    await request.dispose();
  },
  project: async ({ management }, use, info) => {
    const slug = `t${info.parallelIndex}-${Date.now().toString(36)}`;
    await management.createProject(info.title.slice(0, 40).replace(/[^\w ]/g, ""), slug);
    // It stays: a page that is still open may ask for it, and the server is thrown away anyway.
    await use(slug);
  },
  quietPage: [
    async ({ page, expectedErrors }, use) => {
      const errors = watch(page);
      await use();
      const unexpected = errors.filter((error) => !expectedErrors?.test(error));
      expect(unexpected, "errors in the page's console").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Collects what a page writes to its console as errors, and what it throws. */
export function watch(page: Page): string[] {
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  return errors;
}

/** Opens an address and waits until the page answers clicks. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await hydrated(page);
}

/** Waits until the page answers clicks. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true", { timeout: 30_000 });
}

/** Sends a real request to the auth API, without the console's session. */
export async function register(
  request: APIRequestContext,
  project: string,
  email: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await request.post(`/p/${project}/auth/register`, {
    data: { email, password: "correct horse battery" },
  });
  return { status: answer.status(), body: (await answer.json()) as Record<string, unknown> };
}
