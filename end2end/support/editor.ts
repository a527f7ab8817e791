// The code editor of a hook, used as a person does: by keys.
import { type Page, expect } from "@playwright/test";

/** The editor of the page, once it is open. */
export class CodeEditor {
  constructor(private readonly page: Page) {}

  /** Waits for the editor and puts the cursor into it. */
  async focus(): Promise<void> {
    await this.page.waitForFunction(() => "__hookwright_editor" in window, undefined, { timeout: 45_000 });
    await this.page.locator(".editor .view-lines").first().click();
  }

  /** Replaces everything with what is pasted; typed text would be indented on the way. */
  async replace(text: string): Promise<void> {
    await this.focus();
    await this.page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text);
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.press("ControlOrMeta+v");
    await this.holds(text);
  }

  /** Adds a line below the first line that contains `after`, letter by letter. */
  async typeBelow(after: string, text: string): Promise<void> {
    await this.focus();
    await this.page.locator(".view-line", { hasText: after }).first().click();
    await this.page.keyboard.press("End");
    await this.page.keyboard.press("Enter");
    await this.page.keyboard.type(text);
    // The list of completions must not swallow the next key.
    await this.page.keyboard.press("Escape");
  }

  /** Deletes the line with the cursor. */
  async deleteLine(): Promise<void> {
    await this.page.keyboard.press("ControlOrMeta+Shift+k");
  }

  /** The whole text. */
  text(): Promise<string> {
    return this.page.evaluate(() => {
      const { __hookwright_editor } = window as unknown as { __hookwright_editor: { getValue(): string } };
      return __hookwright_editor.getValue();
    });
  }

  private async holds(text: string): Promise<void> {
    await expect.poll(() => this.text()).toBe(text);
  }
}
