// Holds requests back until a test lets them go, so that what happens meanwhile does not depend on timing.
import { type Page } from "@playwright/test";

export interface Gate {
  /** Resolves when the first request stands at the gate. */
  reached: Promise<void>;
  /** Lets through what waits and what comes later. */
  open(): void;
}

/** Holds the requests whose address matches. */
export async function hold(page: Page, address: RegExp): Promise<Gate> {
  let arrive = () => {};
  let open = () => {};
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  const opened = new Promise<void>((resolve) => (open = resolve));
  await page.route(address, async (route) => {
    arrive();
    await opened;
    await route.continue();
  });
  return { reached, open };
}
