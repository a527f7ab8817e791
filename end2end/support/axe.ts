// Accessibility: axe's rules on a whole page.
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";

/** Fails with what axe found, one line a finding. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // Colours that fade in would be measured halfway.
  await page.evaluate(() => {
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
    return Promise.allSettled(ending.map((animation) => animation.finished)).then(() => undefined);
  });
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    // Monaco's own markup is not ours to change.
    .exclude(".monaco-editor")
    .analyze();
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}${node.any[0] ? ` (${node.any[0].message})` : ""}`),
  );
  expect(found, `axe on ${what}`).toEqual([]);
}
